using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Server.Events;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>Neither the server's events, nor its page, nor its JSON lines have anything of a text, a label or a loss.</summary>
public sealed partial class ServerPrivacyTests : IDisposable
{
    private static readonly string[] Forbidden = ["loss", "losses", "label", "labels", "text", "texts", "prompt", "prompts", "answer", "answers", "logits", "token", "target", "targets"];

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_server_s_events_have_no_place_for_them()
    {
        var types = Reachable();

        Assert.Contains(typeof(ServerEvent.StepServed), types);
        Assert.Contains(types, type => type.Assembly != typeof(ServerEvent).Assembly);
        Assert.All(types, type => Assert.False(type.FullName!.StartsWith("FlGlm.Client", StringComparison.Ordinal), type.FullName));
        Assert.All(types.SelectMany(Members), member => Assert.DoesNotContain(WordsOf(member.Name), Forbidden.Contains));
    }

    [Theory]
    [InlineData("Loss", true)]
    [InlineData("MeanLoss", true)]
    [InlineData("ClientLost", false)]
    [InlineData("PromptText", true)]
    [InlineData("Context", false)]
    [InlineData("BytesIn", false)]
    public void Words_of_names_are_found(string name, bool isForbidden) => Assert.Equal(isForbidden, WordsOf(name).Any(Forbidden.Contains));

    [Fact]
    public async Task A_recorded_run_of_a_server_shows_none_of_them()
    {
        await using var server = InProcessFlGlm.Start(
            [.. _folder.Server("web.listen=127.0.0.1:0", "training.steps=3"), "--json"]);
        var address = await server.PageAsync();
        using var http = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = address };
        using var events = new EventReader(await http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead));
        await using var client = InProcessFlGlm.Start(_folder.Client("ada", await server.AddressAsync(), "training.steps=3"));
        List<JsonElement> recorded = [await events.NextAsync()];
        while (!recorded[^1].GetProperty("is_over").GetBoolean())
            recorded.Add(await events.NextAsync());
        events.Dispose();
        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);

        var last = Assert.Single(recorded[^1].GetProperty("sides").EnumerateArray());
        Assert.Equal(3, last.GetProperty("server").GetProperty("steps_served").GetInt32());
        Assert.Equal(JsonValueKind.Null, last.GetProperty("client").ValueKind);
        Assert.All(recorded, page => Assert.DoesNotContain(FiguresOf(page), Forbidden.Contains));
        var served = server.Output.Lines.Where(line => line.Contains("\"event\":\"served\"", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(3, served.Count);
        Assert.All(served, line => Assert.DoesNotContain(NamesIn(line).SelectMany(WordsOf), Forbidden.Contains));
        Assert.DoesNotContain(server.Output.Lines, line => _folder.Losses("ada").Any(loss => line.Contains(loss, StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Output.Lines, line => line.Contains("ferry", StringComparison.Ordinal));
        Assert.All(recorded, page => Assert.DoesNotContain(_folder.Losses("ada"), page.GetRawText().Contains));
    }

    /// <summary>The names of all figures of the server's side: the log's lines have a field for their words.</summary>
    private static IEnumerable<string> FiguresOf(JsonElement page) => NamesIn(page.GetProperty("sides")[0].GetProperty("server")).SelectMany(WordsOf);

    private static IEnumerable<string> NamesIn(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => NamesIn(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(NamesIn),
        _ => [],
    };

    /// <summary>The types of all events and of their properties, but the system's.</summary>
    private static HashSet<Type> Reachable()
    {
        var found = new HashSet<Type>();
        var open = new Queue<Type>(typeof(ServerEvent).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(ServerEvent))));
        while (open.TryDequeue(out var type))
        {
            if (type.HasElementType)
                open.Enqueue(type.GetElementType()!);
            foreach (var argument in type.GetGenericArguments())
                open.Enqueue(argument);
            if (type.Namespace?.StartsWith("FlGlm", StringComparison.Ordinal) != true || !found.Add(type))
                continue;
            foreach (var member in Members(type))
                open.Enqueue(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType);
        }

        return found;
    }

    private static IEnumerable<MemberInfo> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetProperties(Own).Where(property => property.Name != "EqualityContract").Cast<MemberInfo>().Concat(type.GetFields(Own));
    }

    private static IEnumerable<string> WordsOf(string name) => Word().Matches(name).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
