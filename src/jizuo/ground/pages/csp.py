"""Security headers of every answer: a content policy without inline code, evaluation or foreign addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponseBase

POLICY: dict[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:", "blob:"),
    "object-src": ("'none'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
    "form-action": ("'self'",),
}
#: Scanning a code and a passkey are ours; everything else is off.
PERMISSIONS = (
    "camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), "
    "geolocation=(), microphone=(), payment=(), usb=(), midi=(), serial=(), "
    "accelerometer=(), gyroscope=(), magnetometer=(), display-capture=()"
)
MAY_WIDEN = frozenset({"form-action", "frame-ancestors"})


def widen(response: HttpResponseBase, directive: str, sources: Sequence[str]) -> None:
    """Add `sources` to one directive of this answer only (a sign-in form that ends at a partner's address).

    Only form-action and frame-ancestors can be widened; anything else raises ValueError.
    """
    if directive not in MAY_WIDEN:
        raise ValueError(f"{directive} cannot be widened")
    widened = getattr(response, "widened", {})
    response.widened = {**widened, directive: tuple(sources)}  # type: ignore[attr-defined]


def header(widened: dict[str, tuple[str, ...]] | None = None) -> str:
    """The policy in the header's own grammar, with `widened` sources added ('none' gives way)."""
    lines = []
    for directive, sources in POLICY.items():
        extra = (widened or {}).get(directive, ())
        kept = tuple(source for source in sources if source != "'none'") if extra else sources
        lines.append(" ".join((directive, *kept, *extra)))
    return "; ".join(lines)


class ContentSecurityPolicy:
    """Middleware, outermost: its headers stand on files and error pages too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = header(getattr(response, "widened", None))
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response
