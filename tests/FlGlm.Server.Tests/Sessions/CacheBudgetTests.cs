using FlGlm.Server.Sessions;

namespace FlGlm.Server.Tests.Sessions;

public sealed class CacheBudgetTests
{
    private readonly List<long> _reported = [];
    private readonly CacheBudget _budget;
    private long _held;

    public CacheBudgetTests() => _budget = new CacheBudget(10_000) { Changed = _reported.Add };

    [Fact]
    public void A_change_of_an_eighth_and_the_end_are_reported()
    {
        foreach (var bytes in new long[] { 800, 850, 900, 901, 1000, 0 })
            Hold(bytes);

        Assert.Equal([800, 901, 0], _reported);
    }

    [Fact]
    public void What_does_not_fit_changes_nothing()
    {
        Hold(9000);
        Assert.False(_budget.TryChange(0, 1001));
        Assert.True(_budget.TryChange(0, 1000));
        Assert.Equal([9000], _reported);
    }

    private void Hold(long bytes) => Assert.True(_budget.TryChange(_held, _held = bytes));
}
