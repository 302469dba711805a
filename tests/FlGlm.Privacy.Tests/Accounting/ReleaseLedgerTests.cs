using FlGlm.Core.Configuration;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Noise;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Accounting;

public sealed class ReleaseLedgerTests : IDisposable
{
    private static readonly ReleaseCount Hidden = new(NoiseChannel.Hidden, NoiseDistribution.Gaussian, 2, 0);
    private readonly TempFolder _folder = new();

    private string Path => _folder.At("releases.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_a_kill_the_file_says_more_than_has_left_and_never_less()
    {
        var ledger = ReleaseLedger.Open(Path);
        for (var release = 1; release <= 60; release++)
        {
            ledger.Cover([Hidden with { Releases = release }]);
            Assert.InRange(Assert.Single(ReleaseLedger.Open(Path).All([])).Releases, release, release + ReleaseLedger.Ahead);
        }
    }

    [Fact]
    public void A_settled_file_is_exact_and_the_next_process_counts_on()
    {
        var first = ReleaseLedger.Open(Path);
        first.Cover([Hidden with { Releases = 4 }]);
        first.Settle([Hidden with { Releases = 4 }]);
        var second = ReleaseLedger.Open(Path);
        second.Cover([Hidden with { Releases = 1 }, Hidden with { Noise = 3, Releases = 2 }]);
        second.Settle([Hidden with { Releases = 1 }, Hidden with { Noise = 3, Releases = 2 }]);

        Assert.Equal([Hidden with { Releases = 5 }, Hidden with { Noise = 3, Releases = 2 }], ReleaseLedger.Open(Path).All([]));
    }

    [Fact]
    public void Steps_are_written_ahead_too_and_those_of_the_next_process_stand_beside_them()
    {
        static ReleaseCount Steps(long first, long last) => Hidden with { Releases = 1, Steps = new StepRange(0.1, first, last) };
        var first = ReleaseLedger.Open(Path);
        for (var step = 1; step <= 60; step++)
        {
            first.Cover([Hidden, Steps(1, step)]);
            Assert.InRange(Assert.Single(ReleaseLedger.Open(Path).All([])).Steps!.Last, step, step + ReleaseLedger.Ahead);
        }

        first.Settle([Hidden, Steps(1, 60)]);
        var second = ReleaseLedger.Open(Path);
        second.Cover([Hidden, Steps(41, 50), Steps(48, 49)]);

        Assert.Equal([Steps(1, 60), Steps(41, 50), Steps(48, 49 + ReleaseLedger.Ahead)], ReleaseLedger.Open(Path).All([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[{\"Channel\": \"hidden\", \"Distribution\": \"gaussian\", \"Noise\": 1, \"Releases\": -1}]")]
    [InlineData("[{\"Channel\": \"sideways\"}]")]
    public void A_file_that_cannot_be_read_is_one_line(string text)
    {
        File.WriteAllText(Path, text);

        Assert.DoesNotContain('\n', Assert.Throws<CheckpointException>(() => ReleaseLedger.Open(Path)).Message);
    }
}
