"""The web process: refuses to start while the wall has a hole (RLS-22)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizuo.project.settings")
application = get_wsgi_application()

from jizuo.ground import census  # noqa: E402  the census reads models, which exist only after setup

census.refuse_on_breach()
