using FlGlm.Client.Generation;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Generation;

/// <summary>Writes answers to the output, and as JSON lines to a file if one is named; each batch as soon as it is complete.</summary>
internal sealed class AnswerWriter : IDisposable
{
    private const string Event = "answer";
    private readonly CommandOutput _output;
    private readonly string? _path;
    private StreamWriter? _file;

    /// <param name="path">the file, which must not exist and is created with the first answer; null = none</param>
    /// <exception cref="ConfigurationException">The file exists already, or its folder does not.</exception>
    public AnswerWriter(CommandOutput output, string? path)
    {
        _output = output;
        _path = path;
        if (path is not null)
            Check(path);
    }

    /// <summary>Whether answers are shown piece by piece, since a terminal shows them.</summary>
    public bool ShowsPieces => _output.IsTerminal;

    /// <param name="showsPrompt">whether to write the question above its answer</param>
    /// <param name="isShown">whether the answer has been shown already</param>
    /// <exception cref="ConfigurationException">The file cannot be written.</exception>
    public void Write(Answer answer, bool showsPrompt, bool isShown)
    {
        if (!isShown)
            _output.Write(showsPrompt ? [$"> {answer.Prompt}", answer.Text, ""] : [answer.Text], answer, Event);
        if (_path is null)
            return;
        _file ??= Create(_path);
        _file.WriteLine(JsonLines.Line(Event, answer));
        _file.Flush();
    }

    public void WritePiece(string piece) => _output.WritePiece(piece);

    public void Dispose() => _file?.Dispose();

    private static void Check(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw Wrong("names no file; give --out FILE.");
        if (Path.Exists(path))
            throw Wrong($"'{path}' is there already; name a new file.");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw Wrong($"'{path}' is in a folder that does not exist; create it first.");
    }

    private static StreamWriter Create(string path)
    {
        try
        {
            return new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"'{path}' cannot be written: {e.Message}");
        }
    }

    private static ConfigurationException Wrong(string what) => new("--out", what);
}
