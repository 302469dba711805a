using System.Text.RegularExpressions;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>
/// A plan as it travels: a line <c>key: value</c> for every key that it uses, in the order of declaration, values in YAML. Equal plans have
/// equal texts.
/// </summary>
internal static partial class PlanText
{
    private const int MaxLength = 1 << 16;
    private const int MaxKeys = 1000;

    /// <summary>Stands for an adapter to start from, whose path is not sent.</summary>
    private const string SomeAdapter = "an adapter";

    private static readonly HashSet<string> Known = [.. ConfigKeys.Of(typeof(RunPlan))];

    public static string Write(RunPlan plan) => string.Concat(Fields(plan).Select(field => $"{field.Key}: {field.Value}\n"));

    /// <summary>Reads a plan, leaving out keys that this build does not know: <see cref="PlanDifferences"/> names them.</summary>
    /// <exception cref="ProtocolException">It is no plan: too long, a line without its key or value, a key twice or none, a value out of range.</exception>
    public static RunPlan Read(string text)
    {
        var lines = Lines(text);
        var problems = new List<Problem>();
        var root = new ConfigMap("plan");
        foreach (var (key, value) in lines.Where(line => Known.Contains(line.Key)))
            Set(root, key, Parse(key, value, problems));
        var plan = problems.Count == 0 ? (RunPlan)new ConfigBinder(typeof(RunPlan), problems).Bind(new RunPlan(), root) : new RunPlan();
        problems.AddRange(problems.Count == 0 ? ConfigValidation.Problems(plan) : []);
        if (problems is [var problem, ..])
            throw Malformed($"{problem.Key}: {problem.Message}");
        if (!RunIdForm().IsMatch(plan.RunId))
            throw Malformed("its run_id is not 32 hexadecimal digits");
        return Fields(plan).FirstOrDefault(field => !lines.ContainsKey(field.Key)) is { Key: { } missing } ? throw Malformed($"it lacks {missing}") : plan;
    }

    /// <summary>The keys that a plan uses, with the texts of their values.</summary>
    internal static IEnumerable<(string Key, string Value)> Fields(RunPlan plan)
    {
        var sent = plan with { Peft = plan.Peft with { Start = plan.Peft.Start.Length > 0 ? SomeAdapter : "" } };
        return ConfigWriter.Lines(sent).Where(field => PlanKeys.IsUsed(field.Key, plan));
    }

    /// <summary>The keys and values of a received text, in its order, values not read yet.</summary>
    /// <inheritdoc cref="Read"/>
    internal static OrderedDictionary<string, string> Lines(string text)
    {
        var lines = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        if (text.Length > MaxLength || text.Any(c => char.IsControl(c) && c != '\n'))
            throw Malformed($"it is longer than {MaxLength} characters or holds control characters");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (LineForm().Match(line) is not { Success: true } match)
                throw Malformed($"'{line[..Math.Min(line.Length, 80)]}' is no `key: value`");
            if (!lines.TryAdd(match.Groups[1].Value, match.Groups[2].Value) || lines.Count > MaxKeys)
                throw Malformed($"it has '{match.Groups[1].Value}' twice, or more than {MaxKeys} keys");
        }

        return lines;
    }

    private static ConfigNode Parse(string key, string value, List<Problem> problems)
    {
        var list = new YamlTree(problems, _ => "plan").Read($"[{value}]") as ConfigList;
        if (problems is [var problem, ..])
            throw Malformed($"{key}: {problem.Message}");
        return list is { Items: [var node] } ? node : throw Malformed($"'{value[..Math.Min(value.Length, 80)]}' is no value of {key}");
    }

    /// <summary>Puts a value where <see cref="ConfigBinder"/> looks for it: below its sections.</summary>
    private static void Set(ConfigMap root, string key, ConfigNode value)
    {
        var isOfRoot = ConfigKeys.Properties(typeof(RunPlan)).Any(property => ConfigKeys.NameOf(property) == key);
        string[] path = isOfRoot ? [key] : key.Split('.');
        foreach (var section in path[..^1])
        {
            if (!root.Values.ContainsKey(section))
                root.Set(section, new ConfigMap("plan"));
            root = (ConfigMap)root.Values[section];
        }

        root.Set(path[^1], value);
    }

    private static ProtocolException Malformed(string what) => new(FaultCode.Malformed, $"The server's plan cannot be read: {what}. Use one build on both sides.");

    [GeneratedRegex(@"\A([a-z0-9_.]{1,100}): (.+)\z")]
    private static partial Regex LineForm();

    [GeneratedRegex(@"\A([0-9a-f]{32})?\z")]
    private static partial Regex RunIdForm();
}
