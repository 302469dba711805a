namespace FlGlm.Core.Configuration;

/// <summary>Recognises text files that some editors and shells write in UTF-16; FlGlm reads UTF-8.</summary>
internal static class Utf16
{
    /// <summary>What is wrong with a file that begins with the byte order mark of UTF-16; null for any other.</summary>
    /// <param name="path">Its name, for the message.</param>
    /// <param name="bytes">Its content, or the beginning of it.</param>
    public static string? Problem(string path, ReadOnlySpan<byte> bytes) =>
        bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? $"'{path}' is UTF-16; save it as UTF-8." : null;
}
