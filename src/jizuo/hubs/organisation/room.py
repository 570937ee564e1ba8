"""The organisation hub's plate."""

from __future__ import annotations

from uuid import UUID

from jizuo.ground import facts
from jizuo.ground import jobs as ground_jobs
from jizuo.ground.packs import reach
from jizuo.ground.pages import screens, shell
from jizuo.hubs.data import importers as walk
from jizuo.hubs.organisation import (
    alike,
    cataloguing,
    explaining,
    mends,
    naming,
    people,
    references,
    rolls,
    shared,
    subjects,
    waiting,
)
from jizuo.hubs.organisation.actions import (
    comparing,
    counting,
    dividing,
    dividing_apply,
    exports,
    graduating,
    groupings,
    merging,
    moving,
    moving_register,
    turning,
    turning_jobs,
    turning_school,
)
from jizuo.hubs.organisation.actions import editing as editing_actions
from jizuo.hubs.organisation.actions import family as family_actions
from jizuo.hubs.organisation.actions import intake as intake_actions
from jizuo.hubs.organisation.actions import people as people_actions
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers import oneroster, workbooks
from jizuo.hubs.organisation.pages import classes as class_pages
from jizuo.hubs.organisation.pages import comparing as comparing_pages
from jizuo.hubs.organisation.pages import district, same_people, start
from jizuo.hubs.organisation.pages import dividing as dividing_pages
from jizuo.hubs.organisation.pages import editing as editing_pages
from jizuo.hubs.organisation.pages import exports as export_pages
from jizuo.hubs.organisation.pages import family as family_pages
from jizuo.hubs.organisation.pages import graduating as graduating_pages
from jizuo.hubs.organisation.pages import intake as intake_pages
from jizuo.hubs.organisation.pages import moving as moving_pages
from jizuo.hubs.organisation.pages import oneroster as oneroster_pages
from jizuo.hubs.organisation.pages import people as people_pages
from jizuo.hubs.organisation.pages import posts as post_pages
from jizuo.hubs.organisation.pages import screen as screen_pages
from jizuo.hubs.organisation.pages import search as search_pages
from jizuo.hubs.organisation.pages import turning as turning_pages
from jizuo.hubs.organisation.pages import units as unit_pages
from jizuo.hubs.organisation.printing import actions as printing
from jizuo.hubs.organisation.printing import codes as check_codes
from jizuo.hubs.organisation.printing import pages as printing_pages
from jizuo.hubs.organisation.printing import queries as printing_queries
from jizuo.hubs.organisation.quality import places
from jizuo.hubs.organisation.quality import waiting as quality_waiting
from jizuo.hubs.organisation.queries import careers, contacts, family, homeroom, large_classes, numbers
from jizuo.hubs.organisation.queries import classes as class_queries
from jizuo.hubs.organisation.queries import comparing as comparing_queries
from jizuo.hubs.organisation.queries import dividing as dividing_queries
from jizuo.hubs.organisation.queries import editing as editing_queries
from jizuo.hubs.organisation.queries import graduating as graduating_queries
from jizuo.hubs.organisation.queries import intake as intake_queries
from jizuo.hubs.organisation.queries import moving as moving_queries
from jizuo.hubs.organisation.queries import people as people_queries
from jizuo.hubs.organisation.queries import posts as post_queries
from jizuo.hubs.organisation.queries import screen as screen_queries
from jizuo.hubs.organisation.queries import search as search_queries
from jizuo.hubs.organisation.queries import turning as turning_queries
from jizuo.hubs.organisation.queries import units as unit_queries
from jizuo.hubs.organisation.special import actions as special_actions
from jizuo.hubs.organisation.special import pages as special_pages
from jizuo.hubs.organisation.special import queries as special_queries

DOORS = (
    unit_actions,
    unit_queries,
    counting,
    groupings,
    merging,
    exports,
    numbers,
    homeroom,
    family,
    family_actions,
    people_actions,
    editing_actions,
    editing_queries,
    careers,
    people_queries,
    post_queries,
    search_queries,
    screen_queries,
    class_queries,
    turning,
    turning_school,
    turning_jobs,
    turning_queries,
    large_classes,
    moving,
    moving_register,
    moving_queries,
    graduating,
    graduating_queries,
    intake_actions,
    intake_queries,
    dividing,
    dividing_apply,
    dividing_queries,
    comparing,
    comparing_queries,
    printing,
    printing_queries,
    special_actions,
    special_queries,
    references,
    alike,
)
PAGES = [
    *start.PAGES,
    *district.PAGES,
    *family_pages.PAGES,
    *same_people.PAGES,
    *unit_pages.PAGES,
    *people_pages.PAGES,
    *editing_pages.PAGES,
    *search_pages.PAGES,
    *class_pages.PAGES,
    *intake_pages.PAGES,
    *dividing_pages.PAGES,
    *export_pages.PAGES,
    *oneroster_pages.PAGES,
    *moving_pages.PAGES,
    *turning_pages.PAGES,
    *graduating_pages.PAGES,
    *comparing_pages.PAGES,
    *printing_pages.PAGES,
    *special_pages.PAGES,
    *post_pages.PAGES,
]

shell.offer(PAGES)
screens.offer(screen_pages.SCREENS)
acting_urlpatterns = shell.routes(PAGES)
urlpatterns = [
    *printing_pages.urlpatterns,
    *intake_pages.urlpatterns,
    *screens.routes(screen_pages.SCREENS),
]
counting.register()
turning_jobs.register()
moving_register.register()
graduating.register()
comparing.register_jobs()
ground_jobs.register(exports.JOB, exports.write_export, queue="bulk")

walk.register(oneroster.OneRoster())
workbooks.register()
mends.register()
places.register()
shared.register()
explaining.register()
references.offer()
naming.offer()
rolls.offer()
alike.offer()
cataloguing.register()
waiting.register()
quality_waiting.register()
subjects.register()
reach.know_children_by(contacts.children_in_view)
check_codes.offer("organisation", printing.found_certificate)
facts.on(
    "DatasetRefreshed",
    "organisation.org_search",
    lambda fact: people.note_orgs(fact.payload),
)
facts.on(
    "AffiliationsWritten",
    "organisation.search",
    lambda fact: people.refresh_search(UUID(fact.payload["batch_id"])),
)
