"""The fictional district of ``jizuo.plain.demo`` in the organisation room's own forms."""
