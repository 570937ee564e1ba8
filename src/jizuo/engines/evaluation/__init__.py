"""Evaluation: numbers of a dataset by org and period, each with its definition, source, time and the rows behind it.

Words: an *indicator* is the rule of a number (count, sum, share, mean, median, percentile); a *number* is its value now.

    number(scene="leave", number="on_leave").value
"""
