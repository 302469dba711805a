using System.Text.Json;
using System.Text.RegularExpressions;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Server.Events;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Telemetry;

/// <summary>Prometheus' text at the page's address, and the dashboard that is drawn from it.</summary>
public sealed partial class DashboardTests : IDisposable
{
    /// <summary>What does not happen in the run of the test.</summary>
    private static readonly RunEvent[] OfOtherRuns =
    [
        new ClientEvent.Queued(1, 1),
        new ClientEvent.Validated(1, new ValidationResult(1, new Dictionary<string, double>()) { Metrics = [new MeasuredMetric("accuracy", 0.5)] }),
        new ServerEvent.ClientLost("ben", "gone"),
        new ServerEvent.ClientFinished("ben"),
        new ServerEvent.GenerationStarted("ben"),
        new ServerEvent.RoundAveraged(1, 2),
        new ServerEvent.RolledBack("ben", TurnPlace.First),
    ];

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_metric_of_the_dashboard_is_at_the_address_of_the_page()
    {
        string[] settings = ["training.rounds=1000", "training.steps=40", "data.validation=0.2", "client.eval_every=10"];
        await using var server = InProcessFlGlm.Start(_folder.Server([.. settings, "web.listen=127.0.0.1:0"]));
        var page = await server.PageAsync();
        await using var client = InProcessFlGlm.Start(_folder.Client("ada", await server.AddressAsync(), settings));
        await client.LineAsync("validation loss after step 80");

        foreach (var happened in OfOtherRuns)
            happened.Measure();
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(page, "metrics"));

        var scraped = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]).ToHashSet();
        var shown = Expressions(await File.ReadAllTextAsync(RepositoryFolder.At("deploy", "grafana", "flglm.json"))).SelectMany(Metrics).Distinct().ToList();
        Assert.True(shown.Count > 20, $"{shown.Count} metrics");
        Assert.Equal([], shown.Except(scraped));
        Assert.DoesNotContain(scraped, name => name.StartsWith("flglm_server", StringComparison.Ordinal) && name.Contains("loss", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Expressions(string dashboard) =>
        JsonDocument.Parse(dashboard).RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!));

    private static IEnumerable<string> Metrics(string expression) => Name().Matches(expression).Select(match => match.Value);

    [GeneratedRegex("(flglm|dotnet)_[a-z_]+")]
    private static partial Regex Name();
}
