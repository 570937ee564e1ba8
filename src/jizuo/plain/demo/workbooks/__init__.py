"""The demonstration district's lists as the workbooks schools really keep: one xlsx a school, each in its own
habit.

``pupils``, ``staff``, ``teaching`` (任课表), look-alikes of the two national registers' exports
(``pupil_register``, ``staff_register``: headings from memory, to check) and ``messy``, a list with planted
faults.
``intake`` is a list from admission.
Every function takes a District and one of its units (``intake`` the unit alone) and gives the bytes of an .xlsx; the
same input gives the same bytes. Numbers of documents and phones are always text cells.
"""

from jizuo.plain.demo.workbooks.intake import intake
from jizuo.plain.demo.workbooks.messy import Fault, messy
from jizuo.plain.demo.workbooks.pupils import pupils
from jizuo.plain.demo.workbooks.registers import pupil_register, staff_register
from jizuo.plain.demo.workbooks.staff import staff
from jizuo.plain.demo.workbooks.teaching import teaching

__all__ = ["Fault", "intake", "messy", "pupil_register", "pupils", "staff", "staff_register", "teaching"]
