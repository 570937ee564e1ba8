"""Blocks: what the pages of a pack are made of; each kind is offered by the room that has the answer."""
