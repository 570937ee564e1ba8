from __future__ import annotations

import pytest


def test_an_application_of_another_school_does_not_exist(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotAllowed, NotFound
    from jizuo.hubs.identity.actions import apps
    from jizuo.hubs.identity.rules.apps import Registration

    own, other = base.unit(), base.unit()
    told = Registration("阅读乐园", redirect_uris=("https://a.cn/",))
    with scopes.use(base.scope(own, stepped_up=True)):
        client_id = apps.register_app(unit_no=own, registration=told)
        assert len(apps.new_secret(client_id=client_id)) == 43
        with pytest.raises(NotFound):
            apps.register_app(unit_no=other, registration=told)
        with pytest.raises(BadInput):
            apps.register_app(unit_no=own, registration=Registration("x", kind="y"))
    with scopes.use(base.scope(other, stepped_up=True)):
        for call in (apps.new_secret, lambda **told: apps.switch_app(is_active=False, **told)):
            with pytest.raises(NotFound):
                call(client_id=client_id)
    with scopes.use(base.scope(own)), pytest.raises(NotAllowed):
        apps.new_secret(client_id=client_id)
    with scopes.use(base.scope(own, "teacher", stepped_up=True)), pytest.raises(NotAllowed):
        apps.new_secret(client_id=client_id)
