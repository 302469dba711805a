using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Questions to answer: a text file with one a line, or rows like those of training data, whose answers do not count.</summary>
public static class PromptFile
{
    /// <summary>The questions in order; blank lines are skipped.</summary>
    /// <param name="path">.txt, .jsonl or .json, or as <paramref name="format"/> says.</param>
    /// <exception cref="DataException">The file is missing, empty or malformed.</exception>
    /// <exception cref="ConfigurationException">Its format cannot be told.</exception>
    public static IReadOnlyList<Dialogue> Read(string path, DataFormat format = DataFormat.Auto)
    {
        var text = DataFile.ReadText(path);
        return DataFile.FormatOf(path, format) switch
        {
            DataFormat.Text => [.. text.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => new Dialogue(line.TrimEnd('\r')))],
            var json => [.. JsonRows.Read(path, text, json).Select(Question)],
        };
    }

    private static Dialogue Question(DataRow row) =>
        row is PromptRow prompt ? prompt.Dialogue : throw row.Place.Wrong(" holds token ids; a question is asked as text.");
}
