namespace FlGlm.Core.Configuration;

/// <summary>One <c>--set a.b=c</c>: a value that replaces the file's.</summary>
internal static class ConfigOverride
{
    /// <summary>Applies <paramref name="text"/> to the tree.</summary>
    /// <returns>The line to echo, e.g. <c>training.steps = 20 (was 100)</c>; null where the override is malformed.</returns>
    public static string? Apply(ConfigMap root, string text, List<Problem> problems)
    {
        var where = $"--set {text}";
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var path = equals < 0 ? [] : text[..equals].Trim().Split('.');
        if (path.Length == 0 || path.Any(string.IsNullOrWhiteSpace))
        {
            problems.Add(new Problem("", "an override reads section.key=value.", where));
            return null;
        }

        var key = string.Join('.', path);
        var written = text[(equals + 1)..];
        var before = problems.Count;
        var value = IsAddress(written) ? new ConfigScalar(written.Trim(), IsPlain: false, where) : new YamlTree(problems, _ => where).Read(written);
        if (value is null && problems.Count > before)
            return null;
        value ??= new ConfigScalar("", IsPlain: true, where);
        if (Owner(root, path, where, problems) is not { } owner)
            return null;
        var was = owner.Values.GetValueOrDefault(path[^1]) is ConfigScalar old ? $" (was {old.Text})" : "";
        owner.Set(path[^1], value);
        return $"{key} = {written.Trim()}{was}";
    }

    /// <summary>YAML would take the brackets of <c>[::1]:7400</c> for a list.</summary>
    private static bool IsAddress(string written) => written.TrimStart().StartsWith('[') && HostPort.TryParse(written.Trim()) is not null;

    private static ConfigMap? Owner(ConfigMap root, string[] path, string where, List<Problem> problems)
    {
        var owner = root;
        for (var depth = 0; depth < path.Length - 1; depth++)
        {
            if (owner.Values.GetValueOrDefault(path[depth]) is null or ConfigScalar { IsNull: true })
                owner.Set(path[depth], new ConfigMap(where));
            if (owner.Values[path[depth]] is not ConfigMap next)
            {
                problems.Add(new Problem(string.Join('.', path[..(depth + 1)]), "holds a value, not keys of its own.", where));
                return null;
            }

            owner = next;
        }

        return owner;
    }
}
