using FlGlm.Server.Hosting;

namespace FlGlm.Server.Tests.Hosting;

public sealed class ServerSettingsTests
{
    /// <summary>What a timer would refuse, or end at once, or never: found before the first connection.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.0001)]
    [InlineData(4.3e6)]
    [InlineData(1e300)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void A_time_that_no_timer_waits_for_is_named_by_its_key(double seconds)
    {
        var settings = new ServerSettings { HandshakeTimeoutS = seconds, PeerTimeoutS = seconds, GenerateTimeoutS = seconds };

        var problems = settings.Validate().ToList();

        Assert.Equal(["generate_timeout_s", "handshake_timeout_s", "peer_timeout_s"], problems.Select(problem => problem.Key));
        Assert.All(problems, problem => Assert.EndsWith("0.01 to 1000000 seconds.", problem.Message));
    }

    [Fact]
    public void All_clients_together_may_use_at_least_what_one_may()
    {
        var problem = Assert.Single(new ServerSettings { MaxCacheBytes = 2048, MaxCacheTotalBytes = 2047 }.Validate());

        Assert.Equal("max_cache_total_bytes", problem.Key);
    }

    [Fact]
    public void Defaults_are_in_order() => Assert.Empty(new ServerSettings().Validate());
}
