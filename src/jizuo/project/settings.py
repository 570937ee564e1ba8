"""Settings of one base. Everything that differs between installations comes from the environment:

JIZUO_DATA (data folder), JIZUO_DB (bootstrap address of an outside server), JIZUO_LOGIN (app, or owner for
migrate and builder), JIZUO_HOSTS (comma list of host names), JIZUO_DEBUG=1, JIZUO_HTTPS=1.
"""

from __future__ import annotations

import os
from pathlib import Path

from jizuo.ground import bootstrap
from jizuo.ground.keys import Purpose, ring

PACKAGE = Path(__file__).resolve().parent.parent
DATA = bootstrap.data_folder()
LOGIN = os.environ.get("JIZUO_LOGIN", "app")
DEBUG = os.environ.get("JIZUO_DEBUG") == "1"
IS_HTTPS = os.environ.get("JIZUO_HTTPS") == "1"
SECRET_KEY = ring().derive(Purpose.WEB).hex()
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("JIZUO_HOSTS", "").split(",")),
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if IS_HTTPS else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "jizuo.ground",
    "jizuo.hubs.data",
    "jizuo.hubs.organisation",
    "jizuo.hubs.identity",
    "jizuo.hubs.message",
    "jizuo.engines.matter",
    "jizuo.engines.evaluation",
    "jizuo.engines.monitoring",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "jizuo.ground.pages.csp.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jizuo.hubs.identity.screens.Screens",
    "jizuo.ground.acting.ActingRole",
    "jizuo.ground.pages.faults.Faults",
    "jizuo.hubs.identity.gate.Gate",
]
ROOT_URLCONF = "jizuo.project.urls"
WSGI_APPLICATION = "jizuo.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jizuo.ground.pages.shell.context",
            ]
        },
    }
]

DATABASES = {"default": bootstrap.database_settings(LOGIN)}
# Doors open the one transaction of a request themselves (RLS-5).
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["jizuo.hubs.identity.hashers.TunedArgon2"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jizuo.hubs.identity.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_code"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Failures are counted in the database (identity's tallies): the cache is each process's own.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "jizuo.hubs.identity.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 2

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "jizuo_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("JIZUO_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
FILE_UPLOAD_HANDLERS = ["jizuo.ground.files.uploads.NamelessUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# The largest sheet of a form (`forms.drawn.MOST_CELLS`) with the names of its page.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_500

SESSION_ENGINE = "jizuo.hubs.identity.store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "jizuo_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "jizuo_csrf"
CSRF_FAILURE_VIEW = "jizuo.project.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

PROCRASTINATE_ON_APP_READY = "jizuo.ground.jobs.on_ready"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("JIZUO_LOG", "WARNING")},
}
