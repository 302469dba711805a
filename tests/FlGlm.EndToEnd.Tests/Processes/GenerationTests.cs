using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary><c>flglm generate</c> with a server and without gives the same answers.</summary>
public sealed class GenerationTests : IDisposable
{
    private static readonly string[] Questions = ["-p", "On day 3", "-p", "the ferry", "-p", "x"];

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("generation.num_beams=1")]
    [InlineData("generation.do_sample=true", "generation.top_p=0.9", "generation.batch_size=2")]
    [InlineData("generation.num_beams=3", "generation.no_repeat_ngram_size=3")]
    public async Task A_trained_model_answers_at_a_server_as_it_does_in_one_process(params string[] settings)
    {
        await using (var train = InProcessFlGlm.Start(_folder.Train()))
            await train.ExitsWithAsync(0);
        settings = [.. settings, $"peft.start={_folder.Adapter("train")}", "generation.max_new_tokens=12"];

        var local = await CommandRun.OfAsync(_folder.Generate("local", null, [.. Questions, "--json"], settings));
        await using var server = InProcessFlGlm.Start(_folder.Server($"peft.start={_folder.Adapter("train")}", "server.generate_only=true"));
        var remote = await CommandRun.OfAsync(_folder.Generate("ada", await server.AddressAsync(), [.. Questions, "--json"], settings));

        Assert.Equal(0, local.ExitCode);
        Assert.Equal(3, local.OutputLines.Count);
        Assert.Equal((local.ExitCode, local.Output), (remote.ExitCode, remote.Output));
        Assert.All(local.OutputLines, line => Assert.StartsWith("{\"event\":\"answer\",\"row\":", line, StringComparison.Ordinal));
        Assert.All(local.OutputLines, line => Assert.InRange(JsonDocument.Parse(line).RootElement.GetProperty("tokens").GetInt32(), 1, 12));
    }

    [Fact]
    public async Task Sides_with_only_their_own_parts_answer_as_the_merged_adapter_does()
    {
        const string Kept = "server.share_middle=false";
        await using var training = InProcessFlGlm.Start(_folder.Server(Kept));
        await using var client = InProcessFlGlm.Start(_folder.Client("ada", await training.AddressAsync(), Kept));
        await client.ExitsWithAsync(0);
        await training.ExitsWithAsync(0);
        var (own, theirs) = (_folder.Adapter("ada"), _folder.Adapter("server"));
        var merge = await CommandRun.OfAsync("merge", Path.Combine(own, "head"), Path.Combine(theirs, "middle"), Path.Combine(own, "tail"), "--out", _folder.At("whole"));

        var local = await CommandRun.OfAsync(_folder.Generate("local", null, Questions, $"peft.start={_folder.At("whole")}"));
        await using var server = InProcessFlGlm.Start(_folder.Server($"peft.start={theirs}", "server.generate_only=true", $"run.directory={_folder.At("generating")}"));
        var remote = await CommandRun.OfAsync(_folder.Generate("ada", await server.AddressAsync(), Questions, $"peft.start={own}"));

        Assert.Equal((0, 0), (merge.ExitCode, local.ExitCode));
        Assert.Equal((local.ExitCode, local.Output), (remote.ExitCode, remote.Output));
    }

    [Fact]
    public async Task The_seed_decides_a_sample_and_the_batch_does_not()
    {
        string[] settings = ["generation.do_sample=true", "generation.max_new_tokens=12"];

        var one = await CommandRun.OfAsync(_folder.Generate("local", null, Questions, settings));
        var again = await CommandRun.OfAsync(_folder.Generate("local", null, Questions, [.. settings, "generation.batch_size=1"]));
        var other = await CommandRun.OfAsync(_folder.Generate("local", null, Questions, [.. settings, "generation.seed=7"]));

        Assert.Equal(one.Output, again.Output);
        Assert.NotEqual(one.Output, other.Output);
    }

    [Fact]
    public async Task Answers_go_to_a_new_file_and_to_the_output()
    {
        File.WriteAllText(_folder.At("questions.jsonl"), """{"prompt": "On day 3", "completion": "never mind"}""" + "\n" + """{"question": "x"}""" + "\n");
        string[] options = ["--file", _folder.At("questions.jsonl"), "--out", _folder.At("answers.jsonl")];

        var run = await CommandRun.OfAsync(_folder.Generate("local", null, options, "generation.max_new_tokens=5", "data.format=text"));
        var again = await CommandRun.OfAsync(_folder.Generate("local", null, options));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["> On day 3", "> x"], run.OutputLines.Where(line => line.StartsWith('>')));
        Assert.Equal(["On day 3", "x"], File.ReadLines(_folder.At("answers.jsonl")).Select(Prompt));
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("is there already", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "there is no question")]
    [InlineData(2, "--prompt: question 2 is empty; write what", "-p", "x", "-p", "")]
    [InlineData(2, "2 beams do not go with do_sample", "-p", "x", "--set", "generation.num_beams=2", "--set", "generation.do_sample=true")]
    [InlineData(4, "There is no data file", "-f", "nowhere.txt")]
    [InlineData(2, "--out: names no file", "-p", "x", "--out", "")]
    [InlineData(2, "is in a folder that does not exist", "-p", "x", "--out", "nowhere/answers.jsonl")]
    [InlineData(4, "128", "-p", "far too long a question for a model of this size, and it goes on and on and on and on, longer than anybody would care to read it, to the end")]
    public async Task What_cannot_be_answered_is_one_line_and_a_code(int code, string message, params string[] options)
    {
        var run = await CommandRun.OfAsync(_folder.Generate("local", null, options));

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("flglm: ", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData("Prompt 3 has 129 tokens and leaves no room", """{"prompt": "LONG"}""")]
    [InlineData("questions.jsonl' line 2 has a dialogue before its question", """{"prompt": "b", "history": [["q", "a"]]}""")]
    public async Task All_questions_are_checked_before_a_server_is_contacted(string message, string last)
    {
        last = last.Replace("LONG", new string('x', 128), StringComparison.Ordinal);
        File.WriteAllText(_folder.At("questions.jsonl"), """{"prompt": "a"}""" + "\n" + last);
        string[] options = ["-p", "x", "-f", _folder.At("questions.jsonl"), "--out", _folder.At("answers.jsonl")];

        var run = await CommandRun.OfAsync(_folder.Generate("ada", "127.0.0.1:1", options, "client.retry_for_s=0", "generation.batch_size=1"));

        Assert.Equal((4, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("answers.jsonl")));
    }

    [Fact]
    public async Task A_sampling_setting_without_sampling_gives_a_warning()
    {
        var greedy = await CommandRun.OfAsync(_folder.Generate("local", null, ["-p", "x"], "generation.top_p=0.9", "generation.seed=7"));

        Assert.Equal(0, greedy.ExitCode);
        Assert.Contains("generation: top_p, seed set, which counts only with do_sample: true", greedy.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_trained_on_a_model_of_another_name_gives_a_warning()
    {
        await using (var train = InProcessFlGlm.Start(_folder.Train("training.steps=1")))
            await train.ExitsWithAsync(0);
        var other = _folder.WriteModel("other", SplitFolder.Model with { Seed = 2 });

        var run = await CommandRun.OfAsync(_folder.Generate("local", null, ["-p", "x"], $"peft.start={_folder.Adapter("train")}", $"model.path={other}"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"peft.start: '{_folder.Adapter("train")}' was trained on '{_folder.At("model")}', whose name differs", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_holds_another_cut_is_refused_by_name()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server("server.generate_only=true"));
        string[] options = ["-p", "x", "--out", _folder.At("answers.jsonl")];

        var run = await CommandRun.OfAsync(_folder.Generate("ada", await server.AddressAsync(), options, "split.head=2"));

        Assert.Equal(5, run.ExitCode);
        Assert.False(File.Exists(_folder.At("answers.jsonl")));
        Assert.Contains("split.head is 1 at the server, 2 at the client", run.ErrorLines[^1], StringComparison.Ordinal);
    }

    private static string? Prompt(string line) => JsonDocument.Parse(line).RootElement.GetProperty("prompt").GetString();
}
