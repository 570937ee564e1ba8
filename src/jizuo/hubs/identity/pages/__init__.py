"""Pages of the identity hub: signed out, of the own account, and of those who give slips and confirm families."""
