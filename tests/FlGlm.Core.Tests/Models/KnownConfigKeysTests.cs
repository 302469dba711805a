using System.Text.RegularExpressions;
using FlGlm.Core.Models;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Models;

/// <summary>What docs/compatibility.md says of the keys of a <c>config.json</c> is what the program does.</summary>
public sealed partial class KnownConfigKeysTests
{
    [Theory]
    [InlineData(FamilyName.Llama, "Llama")]
    [InlineData(FamilyName.ChatGlm, "ChatGLM-6B")]
    [InlineData(FamilyName.ChatGlm2, "ChatGLM2 and ChatGLM3")]
    public void Only_keys_that_the_table_says_are_warned_of_are_warned_of(FamilyName family, string section)
    {
        var text = File.ReadAllText(RepositoryFolder.At("docs", "compatibility.md"));
        var begin = text.IndexOf($"## `config.json` of {section}\n", StringComparison.Ordinal);
        var rows = text[begin..text.IndexOf("\n## ", begin + 3, StringComparison.Ordinal)].Split('\n').Where(row => row.StartsWith("| `", StringComparison.Ordinal));
        var known = KnownConfigKeys.Of(KnownFamily.All.Single(known => known.Name == family));

        foreach (var cells in rows.Select(row => row.Split(" | ")))
        {
            var warned = cells[2].StartsWith("warned", StringComparison.Ordinal);
            Assert.All(Names().Matches(cells[0]).Select(name => name.Groups[1].Value), key => Assert.Equal(warned, !known.Contains(key)));
        }
    }

    [Fact]
    public void Every_family_that_has_a_name_can_be_built() => Assert.Equal(Enum.GetValues<FamilyName>(), KnownFamily.All.Select(family => family.Name).Order());

    [GeneratedRegex("`([a-z_0-9]+)`")]
    private static partial Regex Names();
}
