from jizuo.hubs.data.rules.quality.faults import bad


def test_a_fault_says_where_what_and_how_to_mend() -> None:
    (problem,) = bad("must", "写错了", "改成这样").problems
    assert (problem.where, problem.what, problem.fix) == ("must", "写错了", "改成这样")
    assert str(bad("must", "写错了")) == "must：写错了"
