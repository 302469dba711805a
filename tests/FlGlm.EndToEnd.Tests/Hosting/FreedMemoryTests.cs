using FlGlm.Cli.Hosting;

namespace FlGlm.EndToEnd.Tests.Hosting;

public sealed class FreedMemoryTests
{
    private readonly FreedMemory _freed = new();

    [Fact]
    public void What_the_first_step_left_is_given_back_and_the_second_shows_what_a_step_needs()
    {
        Assert.True(IsMuch(700));
        Assert.False(IsMuch(600));
        Assert.False(IsMuch(630));
    }

    [Fact]
    public void A_process_may_hold_a_twentieth_more_than_a_step_needs_and_not_above_that()
    {
        Give(2000);

        Assert.False(IsMuch(2099));
        Assert.True(IsMuch(2101));
        Assert.False(IsMuch(2080));
        Assert.False(IsMuch(2180));
        Assert.True(IsMuch(2185));
    }

    [Fact]
    public void A_small_process_keeps_what_it_has()
    {
        Give(100);

        Assert.False(IsMuch(132));
        Assert.True(IsMuch(133));
    }

    [Fact]
    public void After_a_short_step_a_long_one_gives_back_once()
    {
        Give(500);

        Assert.True(IsMuch(1000));
        Assert.False(IsMuch(1000));
        Assert.False(IsMuch(1000));
    }

    /// <summary>The first step's memory is given back, and the second needs so much.</summary>
    private void Give(long needed)
    {
        Assert.True(IsMuch(2 * needed));
        Assert.False(IsMuch(needed));
    }

    private bool IsMuch(long mebiBytes) => _freed.IsMuch(mebiBytes << 20);
}
