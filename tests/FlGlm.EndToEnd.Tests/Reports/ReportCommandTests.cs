using System.Text.RegularExpressions;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.CommandLine;

namespace FlGlm.EndToEnd.Tests.Reports;

public sealed partial class ReportCommandTests : IDisposable
{
    private readonly RecordedRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_run_has_its_report_beside_its_metrics()
    {
        var run = _runs.Write("run", [3, 2, 1.5f], bytes: 2000, config: null, (0, 3.5, 0.25), (2, 1.75, 0.75), (3, 1.8, 0.5));

        var command = await CommandRun.OfAsync("report", run);

        Assert.Equal((0, ""), (command.ExitCode, command.Error));
        Assert.Equal(
            ["bytes.svg", "loss.svg", "report.csv", "report.html", "report.md", "time.svg", "validation-accuracy.svg", "validation-loss.svg"],
            Directory.GetFiles(_runs.At("run", "report")).Select(Path.GetFileName).Order());
        var lines = File.ReadAllLines(_runs.At("run", "report", "report.md"));
        Assert.Contains("| run | serial | lora | 1 | 3 | 1.5 | 1.75 (2) | 75.00 (2) | 0.5 | 200 | 3000 | 1.5 |", lines);
        Assert.Contains("| peft.lora.rank | 8 |", lines);
        Assert.Contains("![Loss of each step](loss.svg)", lines);
        Assert.Contains("| run | serial | lora | 1 | 3 | 1.5 | 1.75 (2) | 75.00 (2) | 0.5 | 200 | 3000 | 1.5 |", command.OutputLines);
    }

    [Fact]
    public async Task Several_runs_stand_side_by_side_with_the_settings_that_differ()
    {
        string[] runs = [_runs.Write("serial", [3, 2], bytes: 1000), _runs.Write("batch", [3, 2.5f, 1], bytes: 1000, RecordedRuns.Config(strategy: StrategyName.ClientBatch))];

        Assert.Equal(0, (await CommandRun.OfAsync(["report", .. runs, "--out", _runs.At("comparison")])).ExitCode);

        var lines = File.ReadAllLines(_runs.At("comparison", "report.md"));
        Assert.Equal("# 2 runs", lines[0]);
        Assert.Contains("| serial | serial | lora | 1 | 2 | 2 |  | 0.5 | 200 | 1500 | 1 |", lines);
        Assert.Contains("| batch | client_batch | lora | 1 | 3 | 1 |  | 0.5 | 200 | 1500 | 1.5 |", lines);
        Assert.Equal(["| training.strategy | serial | client_batch |"], lines.SkipWhile(line => line != "## Settings that differ").Skip(4).TakeWhile(line => line.Length > 0));
        Assert.False(Directory.Exists(_runs.At("serial", "report")));
        Assert.All(["serial", "batch", "step"], label => Assert.Contains(label, File.ReadAllText(_runs.At("comparison", "loss.svg")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_split_run_is_compared_step_by_step_with_the_one_in_one_process()
    {
        string[] runs = [_runs.Write("split", [3, 2.25f, 1], bytes: 1000), _runs.Write("centralised", [3, 2, 1, 0.5f])];

        await CommandRun.OfAsync(["report", .. runs, "--out", _runs.At("comparison")]);

        Assert.Contains("| split | centralised | 3 | 0.25 | 2 |", File.ReadAllLines(_runs.At("comparison", "report.md")));
    }

    [Fact]
    public async Task Of_a_demo_every_client_is_a_run_split_and_in_one_process()
    {
        Directory.CreateDirectory(_runs.At("demo"));
        foreach (var (name, loss) in new[] { ("garden", 2f), ("harbour", 1f) })
        {
            _runs.Write(Path.Combine("demo", name), [3, loss], bytes: 1000);
            _runs.Write(Path.Combine("demo", "centralised", name), [3, loss]);
        }

        Assert.Equal(0, (await CommandRun.OfAsync("report", _runs.At("demo"))).ExitCode);

        var lines = File.ReadAllLines(_runs.At("demo", "report", "report.md"));
        Assert.Contains("| garden | centralised/garden | 2 | 0 | 1 |", lines);
        Assert.Contains("| harbour | centralised/harbour | 2 | 0 | 1 |", lines);
        Assert.Contains("| centralised/harbour | one process | lora |  | 2 | 1 |  | 0.5 | 200 | 0 | 1 |", lines);
    }

    [Fact]
    public async Task The_csv_has_a_row_for_each_run_and_step()
    {
        string[] runs = [_runs.Write("a", [3, 2.5f], bytes: 2000, config: null, (0, 4, null), (2, 2.25, null)), _runs.Write("b", [1])];

        await CommandRun.OfAsync(["report", .. runs, "--out", _runs.At("out")]);

        var csv = File.ReadAllLines(_runs.At("out", "report.csv"));
        Assert.StartsWith("run,step,round,loss,lr,tokens,bytes_up,bytes_down,seconds_head,seconds_up,", csv[0], StringComparison.Ordinal);
        Assert.EndsWith(",seconds_total,validation_loss", csv[0], StringComparison.Ordinal);
        Assert.Equal(["a,0,,,,,,,,", "a,1,1,3,0.001,100,2000,1000,0.1,", "a,2,1,2.5,0.001,100,2000,1000,0.1,", "b,1,1,1,0.001,100,0,0,0.1,"], csv[1..].Select(line => string.Join(',', line.Split(',')[..9]) + ","));
        Assert.Equal(["4", "", "2.25", ""], csv[1..].Select(line => line.Split(',')[^1]));
    }

    [Fact]
    public async Task The_page_loads_nothing_and_its_drawings_share_no_ids()
    {
        var run = _runs.Write("run", [3, 2, 1], bytes: 2000, config: null, (0, 3.5, 0.25), (2, 1.75, 0.75));

        await CommandRun.OfAsync("report", run);

        var page = File.ReadAllText(_runs.At("run", "report", "report.html"));
        Assert.Equal(5, Regex.Count(page, "<svg "));
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script|<link|<img|<image|@import|src=", page);
        Assert.All(Address().Matches(page).Select(match => match.Value), address => Assert.StartsWith("http://www.w3.org/", address, StringComparison.Ordinal)); // names of XML
        var ids = Regex.Matches(page, " id=\"([^\"]*)\"").Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.All(Regex.Matches(page, @"url\(#([^)]*)\)").Select(match => match.Groups[1].Value), used => Assert.Contains(used, ids));
    }

    [Fact]
    public async Task Names_are_text_in_the_page()
    {
        await CommandRun.OfAsync("report", _runs.Write("a&b", [3]));
        Assert.Contains("<h1>Run a&amp;b</h1>", File.ReadAllText(_runs.At("a&b", "report", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_different_models_are_refused_in_one_line_unless_forced()
    {
        string[] runs = [_runs.Write("a", [3]), _runs.Write("b", [2], 0, RecordedRuns.Config("models/other"))];

        var refused = await CommandRun.OfAsync(["report", .. runs]);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Equal("flglm: model.path: is 'models/tiny' in a and 'models/other' in b; name runs of one model, or compare them all the same with --force.", Assert.Single(refused.ErrorLines));
        Assert.False(Directory.Exists(_runs.At("a", "report")));
        Assert.Equal(0, (await CommandRun.OfAsync(["report", .. runs, "--force"])).ExitCode);
        Assert.Contains("The models differ: 'models/tiny' in a, 'models/other' in b.", await File.ReadAllTextAsync(_runs.At("a", "report", "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_metrics_is_one_line()
    {
        Directory.CreateDirectory(_runs.At("empty"));

        Assert.Equal(
            $"flglm: '{_runs.At("empty")}' has no metrics.jsonl, in none of its folders either; name the run directory of `flglm client`, `train` or `demo`, or a folder of `flglm simulate`.",
            await RefusalAsync(2, _runs.At("empty")));
        Assert.StartsWith($"flglm: '{_runs.At("none")}' is no directory; ", await RefusalAsync(2, _runs.At("none")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_being_written_is_left_out()
    {
        var run = _runs.Write("run", [3, 2], 0, null, (0, 4, null));
        await File.AppendAllTextAsync(_runs.At("run", "metrics.jsonl"), """{"step":3,"round":1,"lo""");
        await File.AppendAllTextAsync(_runs.At("run", "validation.jsonl"), """{"step":3,"loss":1""");

        Assert.Equal(0, (await CommandRun.OfAsync("report", run)).ExitCode);

        Assert.Contains("| run | one process | lora |  | 2 | 2 | 4 (0) | 0.5 | 200 | 0 | 1 |", await File.ReadAllLinesAsync(_runs.At("run", "report", "report.md")));
    }

    [Fact]
    public async Task A_whole_line_that_is_no_step_is_named()
    {
        var run = _runs.Write("run", [3, 2]);
        await File.AppendAllTextAsync(_runs.At("run", "metrics.jsonl"), "step 3\n");

        Assert.StartsWith($"flglm: '{_runs.At("run", "metrics.jsonl")}', line 3: is no step", await RefusalAsync(4, run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_taken_no_step_is_one_line()
    {
        var run = _runs.Write("run", []);
        Assert.Equal($"flglm: '{run}' has no step yet; the report needs one at least.", await RefusalAsync(2, run));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_and_a_configuration_of_another_version_are_shown_as_far_as_they_go()
    {
        var run = _runs.Write("run", [3, float.NaN]);
        await File.WriteAllTextAsync(_runs.At("run", "config.yaml"), "a_later_section: {key: 1}\n");

        Assert.Equal(0, (await CommandRun.OfAsync("report", run, "--json")).ExitCode);

        var lines = await File.ReadAllLinesAsync(_runs.At("run", "report", "report.md"));
        Assert.Contains("| run | one process |  |  | 2 | NaN |  | 0.5 | 200 | 0 | 1 |", lines);
        Assert.Contains("run has no config.yaml that can be read; its settings are not shown.", lines);
    }

    private static async Task<string> RefusalAsync(int code, params string[] runs)
    {
        var command = await CommandRun.OfAsync(["report", .. runs]);
        Assert.Equal((code, ""), (command.ExitCode, command.Output));
        return Assert.Single(command.ErrorLines);
    }

    [GeneratedRegex("https?://[^\"' )]*")]
    private static partial Regex Address();
}
