"""The class on a classroom screen: its list and its seats."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from jizuo.ground.pages.screens import ScreenPage, ScreenRequest, frame
from jizuo.hubs.organisation.queries.screen import Seat, screen_seats

FEWEST_ACROSS, MOST_ACROSS, ROWS = 4, 10, 6


def listed(request: ScreenRequest) -> HttpResponse:
    """Names with seat numbers."""
    return render(request, "organisation/screen_list.html", {"seats": screen_seats(), **frame(request)})


def plan(request: ScreenRequest) -> HttpResponse:
    """The seats as they stand before the board, row by row."""
    seats = screen_seats()
    across, rows = grid(seats)
    context = {
        "seats": seats,
        "across": across,
        "rows": rows,
        "seatless": [seat for seat in seats if seat.seat_no is None],
    }
    return render(request, "organisation/screen_seats.html", {**context, **frame(request)})


def grid(seats: Sequence[Seat]) -> tuple[int, list[list[tuple[int, list[str]]]]]:
    """How many seats stand side by side, and the rows from the board on as (number, names); a number that nobody has
    keeps its place, one given twice has both names."""
    names: dict[int, list[str]] = {}
    for seat in seats:
        if seat.seat_no is not None:
            names.setdefault(seat.seat_no, []).append(seat.name)
    last = max(names, default=0)
    across = min(max(-(-last // ROWS), FEWEST_ACROSS), MOST_ACROSS)
    return across, [
        [(number, names.get(number, [])) for number in range(first, first + across)]
        for first in range(1, last + 1, across)
    ]


SCREENS = (
    ScreenPage("list", listed, gettext_lazy("班级名单"), order=10),
    ScreenPage("seats", plan, gettext_lazy("座位表"), order=20),
)
