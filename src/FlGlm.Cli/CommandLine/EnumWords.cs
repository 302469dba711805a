using System.Text.Json;

namespace FlGlm.Cli.CommandLine;

/// <summary>The words of choices, as they are typed.</summary>
internal static class EnumWords
{
    /// <summary>A value's word.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>All words of a type.</summary>
    public static string[] All<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Of)];

    /// <summary>The value of a word; null where it is none of the type.</summary>
    public static T? Value<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Of(value!.Value) == word);
}
