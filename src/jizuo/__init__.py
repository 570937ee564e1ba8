"""jizuo (基座): one education digital base."""

__version__ = "0.1.0"
