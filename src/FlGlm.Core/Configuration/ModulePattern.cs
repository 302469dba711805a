using System.Text.RegularExpressions;

namespace FlGlm.Core.Configuration;

/// <summary>
/// A regular expression on module names, as PEFT's files hold them: written for Python's <c>re</c>. Files come from anywhere, so an
/// expression is matched in linear time where .NET can; one with look-around or back-references has a second for each name.
/// </summary>
internal sealed class ModulePattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    private ModulePattern(string expression) => _regex = Compile(expression);

    /// <summary>Python's <c>re.fullmatch(pattern, name)</c>.</summary>
    /// <exception cref="ArgumentException">It is not valid (<see cref="Problem"/>).</exception>
    public static ModulePattern Whole(string pattern) => new($@"\A(?:{Translate(pattern)})\z");

    /// <summary>PEFT's <c>re.match(rf"(.*\.)?({key})$", name)</c>: the end of a name, from a dot on.</summary>
    /// <exception cref="ArgumentException">It is not valid (<see cref="Problem"/>).</exception>
    public static ModulePattern End(string key) => new($@"\A(?:.*\.)?(?:{Translate(key)})\z");

    /// <summary>What is wrong with an expression; null if it is valid and means the same to Python and .NET.</summary>
    public static string? Problem(string pattern)
    {
        if (pattern.Contains("{,", StringComparison.Ordinal))
            return $"'{pattern}' has '{{,', which means something else to PEFT; write {{0,n}}";
        if (pattern.Contains("-[", StringComparison.Ordinal))
            return $"'{pattern}' has '-[', which means something else to PEFT; write the characters out";
        try
        {
            _ = Whole(pattern);
            return null;
        }
        catch (ArgumentException e)
        {
            return $"'{pattern}' is no regular expression: {e.Message}";
        }
    }

    /// <exception cref="RegexMatchTimeoutException">The expression needs too long for this name.</exception>
    public bool Matches(string module) => _regex.IsMatch(module);

    /// <summary>Python's names of groups.</summary>
    private static string Translate(string pattern) =>
        Regex.Replace(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), @"\(\?P=(\w+)\)", @"\k<$1>");

    private static Regex Compile(string expression)
    {
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression, RegexOptions.CultureInvariant, Limit);
        }
    }
}
