using System.Text.Json;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Generation;

/// <summary>Answers to the output, and as JSON lines to a file where one is named; each as soon as it is there.</summary>
internal sealed class AnswerWriter : IDisposable
{
    private readonly CommandOutput _output;
    private readonly StreamWriter? _file;

    /// <param name="path">of the file, which must be new; null = none</param>
    /// <exception cref="ConfigurationException">It is there already, or cannot be made.</exception>
    public AnswerWriter(CommandOutput output, string? path)
    {
        _output = output;
        _file = path is null ? null : Create(path);
    }

    /// <param name="showsPrompt">whether the question stands above its answer</param>
    /// <param name="isShown">whether the answer has been shown already</param>
    public void Write(Answer answer, bool showsPrompt, bool isShown)
    {
        if (_output.IsJson || !isShown)
            _output.Write(showsPrompt ? [$"> {answer.Prompt}", answer.Text, ""] : [answer.Text], answer);
        _file?.WriteLine(JsonSerializer.Serialize(answer, JsonLines.Readable));
        _file?.Flush();
    }

    public void WritePiece(string piece) => _output.WritePiece(piece);

    public void Dispose() => _file?.Dispose();

    private static StreamWriter Create(string path)
    {
        try
        {
            return new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var what = File.Exists(path) ? "is there already; name a new file" : $"cannot be written: {e.Message}";
            throw new ConfigurationException("--out", $"'{path}' {what}.");
        }
    }
}
