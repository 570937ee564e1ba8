"""Pages: the shell around every page, its parts, tables, charts and the policy that guards them.

Words: a *page* is offered by a room's plate (`shell.Page`); a *part* is one piece of a page (`parts`,
drawn by the template tags of ``{% load pages %}``); a *table* asks its source for one slice (`tables`).

>>> from jizuo.ground.pages.shell import Page
>>> Page(path="people/pupils", view=print, title="学生", roles=frozenset({"clerk"})).path
'people/pupils'
"""
