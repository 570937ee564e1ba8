"""The plate of the identity hub."""

from __future__ import annotations

from django.urls import path

from jizuo.ground import facts
from jizuo.ground.pages import shell
from jizuo.hubs.identity import queries, sightings, waiting
from jizuo.hubs.identity.actions import (
    accounts,
    app_desk,
    app_sign_ons,
    apps,
    asks,
    bindings,
    codes,
    consents,
    device_codes,
    devices,
    factors,
    follow,
    homes,
    joining,
    keeping,
    my_apps,
    outside,
    passkeys,
    passwords,
    screens,
    sessions,
    signin,
    sources,
    watching,
)
from jizuo.hubs.identity.actions.student_codes import cards as student_cards
from jizuo.hubs.identity.actions.student_codes import devices as scanner_devices
from jizuo.hubs.identity.actions.student_codes import keys as code_keys
from jizuo.hubs.identity.actions.student_codes import lists as scanner_lists
from jizuo.hubs.identity.actions.student_codes import moving as moving_codes
from jizuo.hubs.identity.actions.student_codes import places as scan_places
from jizuo.hubs.identity.actions.student_codes import scans as student_scans
from jizuo.hubs.identity.actions.student_codes import settings as code_settings
from jizuo.hubs.identity.pages import activation, bind, elsewhere, grants, keys, me, slips, watch
from jizuo.hubs.identity.pages import apps as app_pages
from jizuo.hubs.identity.pages import asks as ask_pages
from jizuo.hubs.identity.pages import device_codes as device_pages
from jizuo.hubs.identity.pages import my_apps as my_app_pages
from jizuo.hubs.identity.pages import outside as outside_pages
from jizuo.hubs.identity.pages import screens as screen_pages
from jizuo.hubs.identity.pages import signin as entrance
from jizuo.hubs.identity.pages import sources as source_pages
from jizuo.hubs.identity.pages.student_codes import desk as card_pages
from jizuo.hubs.identity.pages.student_codes import family as code_pages
from jizuo.hubs.identity.pages.student_codes import places as place_pages
from jizuo.hubs.identity.pages.student_codes import scanner
from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.asking import Way
from jizuo.hubs.identity.protocols.cas import addresses as cas_addresses
from jizuo.hubs.identity.protocols.cas import ending as cas_ending
from jizuo.hubs.identity.protocols.cas import login as cas_login
from jizuo.hubs.identity.protocols.openid import addresses as openid_addresses
from jizuo.hubs.identity.protocols.openid import authorize, claims, ending
from jizuo.hubs.identity.protocols.plain import addresses as plain_addresses
from jizuo.hubs.identity.protocols.plain import ending as plain_ending
from jizuo.hubs.identity.protocols.plain import sign_in as plain_sign_in
from jizuo.hubs.organisation import todos
from jizuo.hubs.organisation.queries import homeroom

STUDENT_CODE_DOORS = (
    student_cards,
    scanner_devices,
    code_keys,
    scanner_lists,
    moving_codes,
    scan_places,
    student_scans,
    code_settings,
)
DOORS = (
    accounts,
    app_desk,
    apps,
    asks,
    bindings,
    claims,
    codes,
    consents,
    device_codes,
    devices,
    factors,
    follow,
    homes,
    joining,
    keeping,
    my_apps,
    outside,
    passkeys,
    passwords,
    screens,
    sessions,
    signin,
    sightings,
    sources,
    watching,
    queries,
    *STUDENT_CODE_DOORS,
)
STUDENT_CODE_PAGES = (*code_pages.PAGES, *card_pages.PAGES, *place_pages.PAGES)
PAGES = (
    *STUDENT_CODE_PAGES,
    *slips.PAGES,
    *grants.PAGES,
    *screen_pages.PAGES,
    *watch.PAGES,
    *source_pages.PAGES,
    *ask_pages.PAGES,
    *app_pages.PAGES,
)

shell.switch_by(queries.roles_of_request)
shell.offer(PAGES)
todos.offer("identity.guardians", waiting.people)
homeroom.know_activation_by(queries.pupil_states)
app_sign_ons.tell_by(app_sign_ons.OIDC, ending.tell)
app_sign_ons.tell_by(app_sign_ons.CAS, cas_ending.tell)
app_sign_ons.tell_by(app_sign_ons.PLAIN, plain_ending.tell)
asking.answer_by(app_sign_ons.OIDC, Way(authorize.stands, authorize.answer, authorize.refuse))
asking.answer_by(app_sign_ons.CAS, Way(cas_login.stands, cas_login.answer, cas_login.refuse))
asking.answer_by(app_sign_ons.PLAIN, Way(plain_sign_in.stands, plain_sign_in.answer, plain_sign_in.refuse))
facts.on("DatasetRefreshed", "identity.grants", follow.on_refreshed)
facts.on("RolesChanged", "identity.roles", follow.on_roles_changed)
facts.on("PeopleMerged", "identity.accounts", joining.on_merged)
facts.on("PeopleParted", "identity.accounts", joining.on_parted)
facts.on("GuardianConfirmed", "identity.guardian", follow.on_guardian_confirmed)
facts.on("GuardianEnded", "identity.guardian", follow.on_guardian_ended)

urlpatterns = [
    path("", me.home, name="home"),
    path("go/<int:grant_no>/", me.go, name="as-role"),
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/second/", entrance.second_factor, name="mfa_authenticate"),
    path("sign-in/second/options/", entrance.second_options, name="second-options"),
    path("sign-in/options/", entrance.passkey_options, name="passkey-options"),
    path("sign-in/choose/", entrance.choose, name="sign-in-choose"),
    path("sign-in/from/<uuid:source_id>/", outside_pages.start, name="outside-start"),
    path("sign-in/from/<uuid:source_id>/back/", outside_pages.back, name="outside-back"),
    path("sign-in/from/<uuid:source_id>/out/", outside_pages.out, name="outside-out"),
    path("sign-in/from/<uuid:source_id>/unknown/", outside_pages.unknown, name="outside-unknown"),
    path("sign-in/from/<uuid:source_id>/link/", outside_pages.link, name="outside-link"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("activate/", activation.start, name="activate"),
    path("activate/password/", activation.password, name="activate-password"),
    path("activate/<str:code>/", activation.start, name="activate-code"),
    path("recover/", activation.recover, name="recover"),
    path("recover/code/", activation.recover_code, name="recover-code"),
    path("bind/", bind.by_class, name="bind"),
    path("bind/invitation/", bind.invitation, name="bind-invitation"),
    path("bind/done/", bind.done, name="bind-done"),
    path("bind/<str:class_code>/", bind.by_class, name="bind-class"),
    path("me/", me.me, name="me"),
    path("me/welcome/", me.welcome, name="welcome"),
    path("me/password/", me.password, name="my-password"),
    path("me/phone/", me.phone, name="my-phone"),
    path("me/email/", me.email, name="my-email"),
    path("me/second-factor/", me.turn_on, name="my-second-factor"),
    path("me/second-factor/off/", me.turn_off, name="my-second-factor-off"),
    path("me/second-factor/recovery/", me.new_recovery, name="my-recovery-codes"),
    path("me/elsewhere/", elsewhere.elsewhere, name="my-elsewhere"),
    path("me/step-up/", me.step_up, name="step-up"),
    path("me/step-up/options/", keys.step_up_options, name="step-up-options"),
    path("me/passkeys/", keys.change, name="my-passkeys"),
    path("me/passkeys/add/", keys.add, name="my-passkey-add"),
    path("me/passkeys/options/", keys.add_options, name="passkey-add-options"),
    path("me/devices/forget/", me.forget_device, name="forget-device"),
    path("me/sessions/end/", me.end_session, name="end-session"),
    path("me/apps/agree/", my_app_pages.agree, name="agree-for-child"),
    path("me/apps/withdraw/", my_app_pages.withdraw, name="withdraw-consent"),
    path("device/", device_pages.page, name="device"),
    path("screen/", screen_pages.start, name="screen"),
    path("screen/wait/", screen_pages.wait, name="screen-wait"),
    path("screen/tick/", screen_pages.tick, name="screen-tick"),
    path("screen/end/", screen_pages.end, name="screen-end"),
    path("screen/open/<str:code>/", screen_pages.scanned, name="screen-open"),
    *openid_addresses.urlpatterns,
    path("scanner/", scanner.page, name="scanner"),
    path("scanner/worker.js", scanner.worker, name="scanner-worker"),
    path("scanner/manifest.webmanifest", scanner.manifest, name="scanner-manifest"),
    path("scanner/icon.svg", scanner.icon, name="scanner-icon"),
    path("scanner/pair", scanner.pair, name="scanner-pair"),
    path("scanner/sync", scanner.sync, name="scanner-sync"),
    path("scanner/scans", scanner.sent, name="scanner-scans"),
    path("scanner/check", scanner.check, name="scanner-check"),
    path("scanner/leave", scanner.leave, name="scanner-leave"),
    path("scanner/revoked", scanner.revoked, name="scanner-revoked"),
    path("student-code/<int:unit_no>/keys.json", scanner.key_set, name="student-code-keys"),
    *cas_addresses.urlpatterns,
    *plain_addresses.urlpatterns,
]
acting_urlpatterns = [path(page.path, shell.guarded(page), name=page.name or None) for page in PAGES]
