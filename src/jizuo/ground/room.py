"""The ground's plate: doors on its own tables, the generated interface."""

from __future__ import annotations

from django.urls import path

from jizuo.ground import actions, health, interface, overrides, overseeing, plans, queries
from jizuo.ground.files import actions as file_actions
from jizuo.ground.files import pages as file_pages
from jizuo.ground.files import queries as file_queries
from jizuo.ground.gateways import actions as gateway_actions
from jizuo.ground.gateways import pages as gateway_pages
from jizuo.ground.gateways import queries as gateway_queries
from jizuo.ground.packs import actions as pack_actions
from jizuo.ground.packs import public, site
from jizuo.ground.packs import queries as pack_queries
from jizuo.ground.packs.blocks import asking as block_asking
from jizuo.ground.packs.blocks import pages as block_pages
from jizuo.ground.packs.blocks import parts as block_parts
from jizuo.ground.packs.blocks import portal as block_portal
from jizuo.ground.packs.blocks import switching as block_switching
from jizuo.ground.packs.studio import drafting as studio_drafting
from jizuo.ground.packs.studio import pages as studio_pages
from jizuo.ground.packs.studio import reviewing as studio_reviewing
from jizuo.ground.packs.studio import trying as studio_trying
from jizuo.ground.pages import admin, screens, shell
from jizuo.ground.pages import urls as page_urls

DOORS = (
    actions,
    queries,
    plans,
    overrides,
    overseeing,
    file_actions,
    file_queries,
    gateway_actions,
    gateway_queries,
    pack_actions,
    pack_queries,
    block_asking,
    block_portal,
    public,
    studio_drafting,
    studio_reviewing,
    studio_trying,
)
PAGES = (
    *admin.PAGES,
    *gateway_pages.PAGES,
    *block_switching.PAGES,
    *block_pages.PAGES,
    *site.PAGES,
    *studio_pages.PAGES,
)

shell.offer(PAGES)
screens.offer(block_pages.SCREENS)
block_parts.offer()

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("callback/<slug:channel>/", gateway_pages.callback, name="callback"),
    path("callback/<slug:channel>/<int:unit_no>/", gateway_pages.callback, name="callback-unit"),
    *page_urls.urlpatterns,
    *site.urlpatterns,
    *screens.routes(block_pages.SCREENS),
]
acting_urlpatterns = [
    path("api/", interface.index, name="interface"),
    path("api/openapi.json", interface.openapi, name="openapi"),
    path("api/do/<str:name>", interface.do, name="interface-do"),
    path("api/read/<str:name>", interface.read, name="interface-read"),
    path("files/<uuid:file_id>", file_pages.download, name="file"),
    *shell.routes(PAGES),
]
