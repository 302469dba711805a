using FlGlm.Core.Configuration;
using FlGlm.Server.Cluster;

namespace FlGlm.Server.Tests.Cluster;

public sealed class ClusterAgreementTests
{
    [Fact]
    public void A_run_that_begins_has_the_id_that_rank_0_has_made() =>
        Assert.Equal(new ClusterAgreement("new0", 0), ClusterAgreement.Of([Member(0), Member(1)]));

    [Fact]
    public void A_run_goes_on_with_the_newest_turn_that_all_servers_have() =>
        Assert.Equal(new ClusterAgreement("run", 4), ClusterAgreement.Of([Member(0, 3, 4, 5), Member(1, 2, 3, 4), Member(2, 3, 4, 5)]));

    [Fact]
    public void A_run_of_which_one_server_has_not_written_the_start_begins_again() =>
        Assert.Equal(new ClusterAgreement("new0", 0), ClusterAgreement.Of([Member(0, 1), Member(1)]));

    [Fact]
    public void Servers_with_no_turn_in_common_are_named_with_what_they_have()
    {
        var error = Assert.Throws<ConfigurationException>(() => ClusterAgreement.Of([Member(0, 2, 3), Member(1), Member(2, 4)]));

        Assert.Contains("rank 0 has turns 2, 3 of run run; rank 1 has none; rank 2 has turns 4 of run run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_of_two_runs_have_nothing_in_common() =>
        Assert.Throws<ConfigurationException>(() => ClusterAgreement.Of([Member(0, 2), Member(1, 2) with { Turns = [new TurnMark("another", 2)] }]));

    [Fact]
    public void Every_difference_is_named_with_its_rank()
    {
        var other = Member(2) with { Version = "2", Plan = "split.head: 1\ntraining.steps: 7\n", Content = "other" };

        var error = Assert.Throws<ConfigurationException>(() => ClusterAgreement.Of([Member(0), Member(1), other]));

        Assert.Equal(["", "training.steps", "model.path"], error.Problems.Select(problem => problem.Key));
        Assert.All(error.Problems, problem => Assert.Contains("rank 2", problem.Message, StringComparison.Ordinal));
    }

    private static ClusterMember Member(int rank, params int[] turns) =>
        new("1", "split.head: 1\ntraining.steps: 5\n", "content", $"new{rank}", [.. turns.Select(turn => new TurnMark("run", turn))]);
}
