from __future__ import annotations

from jizuo.ground import scope as scopes
from tests.hubs.data.collecting_given import source


def test_secrets_never_come_back_and_never_move(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", {"url": f"{outside.url}/kc", "auth": "bearer"}, secrets={"token": "t0p-secret"})
    told = at.told()
    assert told.secret_keys == ["token"] and "t0p-secret" not in repr(told)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [scopes.units_text(at.scope.units)])
        (kept,) = owner.execute(
            "select to_jsonb(c)::text from connector c where id = %s", [at.connector_id]
        ).fetchone()
    assert "t0p-secret" not in kept and b"t0p-secret".hex() not in kept
    at.save(settings={"items_path": "data"})
    assert at.told().secret_keys == ["token"]
    at.save(settings={"url": "http://elsewhere.example/kc"})
    assert at.told().secret_keys == []
