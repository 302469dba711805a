using System.Text.Json;
using FlGlm.Cli.Web.State;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.EndToEnd.Tests.Runs;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>What a browser gets: at first everything, then what is new, also after a connection that broke.</summary>
public sealed class PageHistoryTests
{
    [Fact]
    public async Task A_page_opened_late_has_the_whole_history()
    {
        await using var page = await TestPage.StartAsync();
        for (var step = 1; step <= 300; step++)
        {
            page.View.Show(StepOf(step));
            page.View.Message("information", $"line {step}");
        }

        using var events = await page.EventsAsync();
        var first = await events.NextAsync();

        Assert.True(first.GetProperty("is_whole").GetBoolean());
        Assert.Equal(300, ClientOf(first).GetProperty("step").GetInt32());
        Assert.Equal(Enumerable.Range(101, PageLog.Capacity).Select(line => $"line {line}"), LinesOf(first));
        Assert.Contains("<svg", await page.TextAsync("/plots/loss.svg"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_looks_gets_new_lines_alone()
    {
        await using var page = await TestPage.StartAsync();
        page.View.Message("information", "one");
        using var events = await page.EventsAsync();
        await events.NextAsync();

        page.View.Message("warning", "two");
        var next = await events.NextAsync();

        Assert.Equal(["two"], LinesOf(next));
        Assert.False(next.GetProperty("is_whole").GetBoolean());
    }

    [Fact]
    public async Task A_browser_that_connects_again_gets_what_it_has_missed()
    {
        await using var page = await TestPage.StartAsync();
        page.View.Message("information", "one");
        string id;
        using (var events = await page.EventsAsync())
        {
            await events.NextAsync();
            id = events.Id;
        }

        page.View.Message("information", "two");
        page.View.Show(StepOf(5));
        using var again = await page.EventsAsync(id);
        var missed = await again.NextAsync();

        Assert.Equal(["two"], LinesOf(missed));
        Assert.Equal(5, ClientOf(missed).GetProperty("step").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ABCDEF00.1")]
    [InlineData("nonsense")]
    [InlineData("ID.99999")]
    [InlineData("ID.-1")]
    public async Task A_browser_of_another_run_gets_everything(string id)
    {
        await using var page = await TestPage.StartAsync();
        page.View.Message("information", "one");
        var own = (await page.StateAsync()).GetProperty("id").GetString()!;

        using var events = await page.EventsAsync(id.Replace("ID", own, StringComparison.Ordinal));

        Assert.Equal(["one"], LinesOf(await events.NextAsync()));
    }

    [Fact]
    public async Task A_browser_that_leaves_changes_nothing()
    {
        await using var page = await TestPage.StartAsync();
        using (var gone = await page.EventsAsync())
            await gone.NextAsync();

        page.View.Show(StepOf(1));

        using var other = await page.EventsAsync();
        Assert.Equal(1, ClientOf(await other.NextAsync()).GetProperty("step").GetInt32());
    }

    [Fact]
    public async Task A_browser_that_reads_nothing_holds_up_neither_the_run_nor_others()
    {
        await using var page = await TestPage.StartAsync();
        using var silent = await page.EventsAsync();
        for (var step = 1; step <= 10_000; step++)
        {
            page.View.Show(StepOf(step));
            page.View.Message("information", new string('x', 1000));
        }

        using var other = await page.EventsAsync();
        Assert.Equal(10_000, ClientOf(await other.NextAsync()).GetProperty("step").GetInt32());
    }

    [Fact]
    public async Task The_end_of_a_run_is_shown_and_waits_for_nobody_who_does_not_look()
    {
        await using var page = await TestPage.StartAsync();
        page.View.Show(StepOf(1));
        var events = await page.EventsAsync();
        await events.NextAsync();

        var end = page.Page.EndAsync(new InvalidOperationException("out of luck"), isStopped: false);
        var last = await events.NextAsync();
        events.Dispose();
        await end;

        Assert.True(last.GetProperty("is_over").GetBoolean());
        Assert.Equal(("failed", "out of luck"), (SideOf(last).GetProperty("state").GetString(), last.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "stopped")]
    public async Task A_run_that_ends_well_has_ended(bool isStopped, string reason)
    {
        await using var page = await TestPage.StartAsync();
        page.View.Show(StepOf(1));

        await page.Page.EndAsync(failure: null, isStopped);

        var last = await page.StateAsync();
        Assert.Equal(("ended", reason), (SideOf(last).GetProperty("state").GetString(), last.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_breaks_nothing()
    {
        await using var page = await TestPage.StartAsync();
        page.View.Show(StepOf(1) with { Loss = float.NaN });

        Assert.False(ClientOf(await page.StateAsync()).TryGetProperty("loss", out var loss) && loss.ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public void A_step_that_is_taken_back_leaves_the_plots()
    {
        var side = new PageState("client", insecure: false, TimeProvider.System).Add("client", RunFacts.Of(new()));
        foreach (var step in Enumerable.Range(1, 10))
            side.Show(StepOf(step));

        side.Show(new ClientEvent.RolledBack(4));
        side.Show(StepOf(5) with { Loss = 9 });

        Assert.Equal([1, 2, 3, 4, 5], side.Plot("loss")!.Series[0].Points.Select(point => point.X));
        Assert.Equal(9, side.Plot("loss")!.Series[0].Points[^1].Y);
    }

    private static StepReport StepOf(int step) => SampleSteps.Step with { Step = step, Steps = 1000 };

    private static JsonElement SideOf(JsonElement page) => Assert.Single(page.GetProperty("sides").EnumerateArray());

    private static JsonElement ClientOf(JsonElement page) => SideOf(page).GetProperty("client");

    private static IEnumerable<string?> LinesOf(JsonElement page) => SideOf(page).GetProperty("log").EnumerateArray().Select(line => line.GetProperty("text").GetString());
}
