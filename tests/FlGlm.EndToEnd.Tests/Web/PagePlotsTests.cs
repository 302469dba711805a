using System.Text;
using System.Xml.Linq;
using FlGlm.Cli.Web.Plots;
using FlGlm.Cli.Web.State;
using FlGlm.EndToEnd.Tests.Runs;

namespace FlGlm.EndToEnd.Tests.Web;

public sealed class PagePlotsTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly PageState _page;
    private readonly SideState _side;
    private readonly PagePlots _plots;

    public PagePlotsTests()
    {
        _page = new PageState("train", insecure: false, _clock);
        _side = _page.Add("train", RunFacts.Of(new()));
        _plots = new PagePlots(_page);
    }

    public void Dispose() => _plots.Dispose();

    [Theory]
    [InlineData("loss")]
    [InlineData("speed")]
    [InlineData("rate")]
    [InlineData("legs")]
    public async Task A_plot_is_an_image_that_loads_nothing(string plot)
    {
        Take(50);

        foreach (var isDark in new[] { false, true })
        {
            var svg = XDocument.Parse(Encoding.UTF8.GetString((await DrawAsync(plot, isDark))!));
            Assert.Equal("svg", svg.Root!.Name.LocalName);
            Assert.DoesNotContain(svg.Descendants().Attributes(), attribute => attribute.Name.LocalName == "href" && !attribute.Value.StartsWith('#') && !attribute.Value.StartsWith("data:", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Light_and_dark_have_other_colours()
    {
        Take(5);
        Assert.NotEqual(await DrawAsync("loss"), await DrawAsync("loss", isDark: true));
    }

    [Fact]
    public async Task A_plot_is_made_anew_once_a_second_at_most_and_at_the_end()
    {
        Take(5);
        var first = await DrawAsync("loss");

        Take(6);
        Assert.Same(first, await DrawAsync("loss"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var second = await DrawAsync("loss");
        Assert.NotSame(first, second);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(second, await DrawAsync("loss"));
        Take(7);
        _page.End(failure: null);
        Assert.NotSame(second, await DrawAsync("loss"));
    }

    [Theory]
    [InlineData("train", "metric")]
    [InlineData("train", "../loss")]
    [InlineData("other", "loss")]
    public async Task What_there_is_nothing_to_show_of_is_no_plot(string side, string plot)
    {
        Take(5);
        Assert.Null(await _plots.SvgAsync(side, plot, isDark: false, 720, CancellationToken.None));
    }

    [Fact]
    public async Task Ten_thousand_steps_make_a_small_plot()
    {
        Take(10_000);
        Assert.InRange((await DrawAsync("loss"))!.Length, 1, 100_000);
        Assert.InRange(_side.Plot("legs")!.Series.Max(series => series.Points.Count), 1, LegCurves.MaxBars);
    }

    private Task<byte[]?> DrawAsync(string plot, bool isDark = false) => _plots.SvgAsync("", plot, isDark, 720, CancellationToken.None);

    private void Take(int steps)
    {
        for (var step = 1; step <= steps; step++)
            _side.Show(SampleSteps.Step with { Step = step, Steps = steps, Loss = (float)(1 + Math.Sin(step)) });
    }
}
