using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Published;

/// <summary>Small inputs from public reports, each run in its own folder as its README says, with what is right there.</summary>
public sealed class ReportedCasesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("added-tokens", "rows.jsonl", 24, null)]
    [InlineData("leading-space", "rows.jsonl", 12, 6.279186)]
    [InlineData("rope-scaling-default", "rows.jsonl", null, 4.235668)]
    [InlineData("system-column", "as-message.jsonl", 120, 4.567966)]
    [InlineData("system-column", "with.jsonl", 120, 4.567966)]
    public async Task A_row_has_the_tokens_and_the_loss_of_its_report(string name, string rows, int? tokens, double? loss)
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var train = Start(name, "train", "--set", $"data.train=[{rows}]", "--set", $"run.directory={_folder.At("run")}");
        await train.ExitsWithAsync(0);

        using var step = JsonDocument.Parse(File.ReadLines(_folder.At("run", "metrics.jsonl")).First());
        if (loss is { } expected)
            Assert.Equal(expected, step.RootElement.GetProperty("loss").GetDouble(), 2e-5);
        if (tokens is { } count)
            Assert.Contains(train.Output.Lines, line => line.Contains(string.Create(CultureInfo.InvariantCulture, $"; {count} tokens"), StringComparison.Ordinal));
    }

    [SharedFact]
    public async Task Weights_of_8_bits_are_refused_by_name()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var train = Start("bitsandbytes-int8", "train", "--set", $"run.directory={_folder.At("run")}");
        await train.ExitsWithAsync(3);

        Assert.Contains("quantised", Assert.Single(train.Error.Lines), StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task An_answer_is_what_was_generated()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var generate = Start("answer-whitespace", "generate", "--local", "--prompt", "Once upon a", "--json");
        await generate.ExitsWithAsync(0);

        Assert.Equal(" time, there was a little gir", (string?)JsonNode.Parse(Assert.Single(generate.Output.Lines))!["text"]);
    }

    [SharedTheory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    public async Task A_server_listens_on_every_interface(string address)
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var server = Start("listen-any-address", "server", "--insecure", "--set", $"server.listen={address}", "--set", $"run.directory={_folder.At("server")}");
        var port = (await server.AddressAsync()).Split(':')[^1];
        await using var client = Start("listen-any-address", "client", "--insecure", "--set", $"client.connect=127.0.0.1:{port}", "--set", $"run.directory={_folder.At("client")}");

        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);
    }

    [SharedFact]
    public async Task A_closed_terminal_loses_nothing()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var train = Start("hang-up", "train", "--set", $"run.directory={_folder.At("run")}");
        await train.LineAsync("step 1/");
        train.Interrupt("HUP");

        await train.ExitsWithAsync(130);
        Assert.True(File.Exists(_folder.At("run", "adapter", "adapter_model.safetensors")));
    }

    private static FlGlmProcess Start(string name, string command, params string[] args) =>
        FlGlmProcess.StartIn(SharedFolder.At("cases", name), [command, "--config", "run.yaml", .. args]);
}
