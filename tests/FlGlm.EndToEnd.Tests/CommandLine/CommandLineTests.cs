using System.Text.Json;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    [InlineData("train")]
    [InlineData("demo")]
    [InlineData("chaos")]
    [InlineData("keys")]
    [InlineData("init")]
    [InlineData("merge")]
    [InlineData("inspect")]
    public async Task Every_command_has_help(string command)
    {
        var run = await CommandRun.OfAsync(command, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches($@"Usage:\s+\S+ {command} ", run.Output);
        Assert.Contains("--verbose", run.Output, StringComparison.Ordinal);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Required command was not provided; `flglm --help` shows what there is.")]
    [InlineData("Unrecognized command or argument '--stes'; did you mean '--set'? `flglm train --help` shows what there is.", "train", "--stes")]
    [InlineData("Unrecognized command or argument '--verbos'; did you mean '--verbose'? `flglm --help` shows what there is.", "--verbos")]
    [InlineData("Required argument missing for option: '--config'; `flglm server --help` shows what there is.", "server", "--config")]
    [InlineData("Unrecognized command or argument '--insecure'; `flglm train --help` shows what there is.", "train", "--insecure")]
    public async Task A_wrong_command_line_is_one_line_and_exit_2(string mistake, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"flglm: {mistake}", run.ErrorLines);
    }

    [Theory]
    [InlineData("'trian' is no command; did you mean 'train'? `flglm --help` shows what there is.", "trian", "--config", "run.yaml")]
    [InlineData("'dance' is no command; `flglm --help` shows what there is.", "dance")]
    public async Task A_mistyped_command_is_one_line_with_the_one_that_was_meant(string mistake, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal($"flglm: {mistake}", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_backslash_in_double_quotes_is_one_problem_that_names_single_quotes()
    {
        var run = await CommandRun.OfAsync("train", "--set", "model.path=tiny", "--set", "data.train=[a.txt]", "--set", """peft.lora.rank_pattern={"layers\.0": 4}""");

        Assert.Equal(2, run.ExitCode);
        var line = Assert.Single(run.ErrorLines);
        Assert.StartsWith("flglm: --set peft.lora.rank_pattern={", line, StringComparison.Ordinal);
        Assert.EndsWith("single quotes ('...') take backslashes as they are.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_of_a_configuration_has_its_own_line()
    {
        using var folder = new TempFolder();
        var file = folder.Write("run.yaml", "training: {stesp: 3, batch_size: 0}\nmodel: {path: tiny}\n");

        var run = await CommandRun.OfAsync("client", "--config", file, "--set", "crypto.rekey_every=x", "--set", "data.train=[a.txt]");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            [
                $"flglm: {file}:1: training.stesp: unknown key; did you mean 'steps'?",
                "flglm: --set crypto.rekey_every=x: crypto.rekey_every: 'x' does not fit; a whole number.",
                $"flglm: {file}:1: training.batch_size: 0 is no batch; 1 or more.",
            ],
            run.ErrorLines);
    }

    [Fact]
    public async Task A_command_validates_only_its_own_sections()
    {
        var run = await CommandRun.OfAsync("server", "--set", "client.connect=nowhere", "--set", "data.max_length=0", "--set", "server.listen=here");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            [
                "flglm: model.path: names no model; a checkpoint directory with config.json and weights.",
                "flglm: --set server.listen=here: server.listen: 'here' is no address; host:port, e.g. 0.0.0.0:7400.",
            ],
            run.ErrorLines);
    }

    [Fact]
    public async Task Running_without_seals_cannot_be_configured()
    {
        var run = await CommandRun.OfAsync("server", "--set", "model.path=tiny", "--set", "server.insecure=true");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("flglm: --set server.insecure=true: server.insecure: unknown key", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_are_json_for_machines()
    {
        var run = await CommandRun.OfAsync("train", "--json", "--config", "no/such.yaml");

        Assert.Equal(2, run.ExitCode);
        var error = JsonDocument.Parse(Assert.Single(run.ErrorLines)).RootElement;
        Assert.Equal("configuration", error.GetProperty("kind").GetString());
        Assert.Equal(2, error.GetProperty("exit_code").GetInt32());
        Assert.StartsWith("no/such.yaml: cannot be read", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_command_line_is_json_for_machines()
    {
        var run = await CommandRun.OfAsync("train", "--json", "--oops");
        Assert.Equal("error", JsonDocument.Parse(Assert.Single(run.ErrorLines)).RootElement.GetProperty("event").GetString());
    }
}
