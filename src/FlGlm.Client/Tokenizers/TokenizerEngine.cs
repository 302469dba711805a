using System.Runtime.InteropServices;
using System.Text;
using FlGlm.Core.Configuration;
using Tokenizers.DotNet;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// Hugging Face's tokenizer (Rust) for one <c>tokenizer.json</c>. Its constructor takes a path, so the JSON, which we have rewritten, stands in
/// a temporary file that only this user may read while it loads. Safe to use from several threads.
/// </summary>
internal sealed class TokenizerEngine : IPieceModel, IDisposable
{
    private readonly Tokenizer _native;

    private TokenizerEngine(Tokenizer native) => _native = native;

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="json">Its JSON, checked by <see cref="TokenizerJson"/> before: some errors in it would end the process.</param>
    /// <param name="path">The file that it was made from, for messages.</param>
    /// <exception cref="CheckpointException">The JSON describes no tokenizer.</exception>
    /// <exception cref="ConfigurationException">The native library is missing.</exception>
    internal static TokenizerEngine Load(byte[] json, string path)
    {
        var copy = Path.Combine(Path.GetTempPath(), $"flglm-{Guid.NewGuid():N}.json");
        try
        {
            Write(copy, json);
            return new TokenizerEngine(new Tokenizer(copy));
        }
        catch (TokenizerException error)
        {
            throw new CheckpointException(path, $"'{path}' describes no tokenizer: {OneLine(error.Message)}.", inner: error);
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
        {
            throw new ConfigurationException(
                "tokenizers",
                $"the native library of Hugging Face's tokenizers does not load. Add the package Tokenizers.DotNet.runtime.{RuntimeInformation.RuntimeIdentifier} of the same version as Tokenizers.DotNet to your program.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be loaded, since '{copy}' cannot be written: {error.Message}", inner: error);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>The ids of a text; a surrogate without its other half is taken for U+FFFD.</summary>
    public int[] Encode(string text)
    {
        var ids = _native.Encode(WellFormed(text));
        GC.KeepAlive(_native);  // its finalizer frees what Encode works with
        return Array.ConvertAll(ids, id => checked((int)id));
    }

    /// <summary>The text of ids, all of which are in the vocabulary.</summary>
    internal string Decode(IEnumerable<int> ids)
    {
        var text = _native.Decode([.. ids.Select(id => (uint)id)]);
        GC.KeepAlive(_native);
        return text;
    }

    public void Dispose() => _native.Dispose();

    /// <summary>The same text with U+FFFD for every surrogate without its other half.</summary>
    internal static string WellFormed(string text)
    {
        var isWhole = true;
        for (var index = 0; index < text.Length && isWhole; index++)
        {
            if (char.IsSurrogate(text[index]))
                isWhole = char.IsSurrogatePair(text, index++);
        }

        return isWhole ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a file that nobody but this user may read.</summary>
    internal static void Write(string path, byte[] json)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        stream.Write(json);
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
