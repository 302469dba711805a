using System.Text.Json;
using FlGlm.Cli.Views;
using FlGlm.EndToEnd.Tests.Runs;

namespace FlGlm.EndToEnd.Tests.Views;

public sealed class JsonViewTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public void Every_line_is_an_object_that_names_its_event()
    {
        using var view = new JsonView(_output, insecure: true);
        view.Show(SampleSteps.Step with { Client = "client-1" });
        view.Show(SampleSteps.Served);
        view.Message("warning", "'slow' BLAS");

        var lines = Lines();
        Assert.Equal(["step", "served", "log"], lines.Select(l => l.GetProperty("event").GetString()));
        Assert.All(lines, l => Assert.True(l.GetProperty("insecure").GetBoolean()));
        Assert.Equal(("client-1", 1.7320508f), (lines[0].GetProperty("client").GetString(), lines[0].GetProperty("loss").GetSingle()));
        Assert.Equal(0.012, lines[1].GetProperty("seconds").GetProperty("middle").GetDouble());
        Assert.Equal("'slow' BLAS", lines[2].GetProperty("message").GetString());
    }

    [Fact]
    public void A_server_never_writes_a_loss()
    {
        using var view = new JsonView(_output, insecure: false);
        view.Show(SampleSteps.Served);
        Assert.False(Assert.Single(Lines()).TryGetProperty("loss", out _));
    }

    private JsonElement[] Lines() =>
        [.. _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
}
