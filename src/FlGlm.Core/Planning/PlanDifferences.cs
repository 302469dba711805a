using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>Compares a server's plan with a client's, or a checkpoint's with the one to resume it with, key by key.</summary>
internal static class PlanDifferences
{
    /// <summary>A line for each difference, with its key, both values and which side has which.</summary>
    /// <param name="server">the text of the server's plan</param>
    /// <param name="own">the plan of the client's configuration</param>
    /// <param name="inGeneration">whether only the keys that describe the model count</param>
    /// <exception cref="ProtocolException">It is no text of a plan.</exception>
    public static IEnumerable<string> Between(string server, RunPlan own, bool inGeneration)
    {
        var (theirs, ours) = (PlanText.Lines(server), PlanText.Fields(own).ToDictionary(field => field.Key, field => field.Value));
        return theirs.Keys.Union(ours.Keys)
            .Where(key => PlanKeys.MustBeEqual(key, inGeneration))
            .SelectMany(key => Between(key, theirs, ours));
    }

    /// <summary>The keys in which a run differs from the plan of a checkpoint that it resumes, where they decide what is computed.</summary>
    /// <param name="stored">the text of the checkpoint's plan</param>
    public static IEnumerable<Problem> SinceCheckpoint(string stored, RunPlan own)
    {
        var (then, now) = (PlanText.Lines(stored), PlanText.Fields(own).ToDictionary(field => field.Key, field => field.Value));
        return
            from key in then.Keys.Union(now.Keys)
            where PlanKeys.MustStay(key) && then.GetValueOrDefault(key) != now.GetValueOrDefault(key)
            where then.ContainsKey(key) == now.ContainsKey(key) || PlanKeys.DecidedBy(key) is not { } decider || then.GetValueOrDefault(decider) == now.GetValueOrDefault(decider)
            select new Problem(
                PlanKeys.InConfiguration(key),
                $"is {Short(then.GetValueOrDefault(key) ?? "missing")} in the checkpoint and {Short(now.GetValueOrDefault(key) ?? "missing")} here; a run goes on with the settings that it began with.");
    }

    private static IEnumerable<string> Between(string key, OrderedDictionary<string, string> theirs, Dictionary<string, string> ours)
    {
        var (server, client) = (theirs.GetValueOrDefault(key), ours.GetValueOrDefault(key));
        if (server == client)
            return [];
        if (server is not null && client is not null)
            return key == PlanKeys.Architecture ? OfArchitecture(server, client) : [Line(key, server, client)];
        if (PlanKeys.DecidedBy(key) is { } decider && theirs.GetValueOrDefault(decider) != ours.GetValueOrDefault(decider))
            return []; // that difference has a line of its own
        return [Line(key, server ?? "missing", client ?? "unknown")];
    }

    /// <summary>Field by field: <c>llama blocks=8 hidden=512</c> is family, blocks and hidden.</summary>
    private static IEnumerable<string> OfArchitecture(string server, string client)
    {
        var (theirs, ours) = (Fields(server), Fields(client));
        return theirs.Keys.Union(ours.Keys)
            .Where(name => theirs.GetValueOrDefault(name) != ours.GetValueOrDefault(name))
            .Select(name => Line("model." + name, theirs.GetValueOrDefault(name) ?? "missing", ours.GetValueOrDefault(name) ?? "missing"));
    }

    private static Dictionary<string, string> Fields(string architecture)
    {
        var fields = new Dictionary<string, string>();
        foreach (var field in architecture.Split(' ').Select(word => word.Split('=', 2)))
            fields[field.Length == 2 ? field[0] : "family"] = field[^1];
        return fields;
    }

    private static string Line(string key, string server, string client) =>
        $"{PlanKeys.InConfiguration(key)} is {Short(server)} at the server, {Short(client)} at the client";

    private static string Short(string value) => value switch
    {
        "''" => "none",
        { Length: > 200 } => value[..200] + "...",
        _ => value,
    };
}
