using FlGlm.Client.Data.Formats;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Questions to answer: a text file with one a line, or rows like those of training data, whose answers do not count.</summary>
public static class PromptFile
{
    /// <summary>The questions in order; blank lines are skipped.</summary>
    /// <param name="path">A <c>.txt</c> file, or one of rows; the name decides.</param>
    /// <param name="template">What the questions will be wrapped in.</param>
    /// <param name="columns">The names of a file's columns, where they are not the known ones.</param>
    /// <exception cref="DataException">The file is missing, empty, malformed, named otherwise or a URL, or a question needs the chat template.</exception>
    public static IReadOnlyList<Dialogue> Read(string path, PromptTemplate template = PromptTemplate.None, DataColumns? columns = null)
    {
        var format = RowReaders.FormatOf(DataPaths.Local(path)) ?? throw new DataException(
            path, null, $"What '{path}' holds cannot be told by its name; questions stand in a file named {RowReaders.KnownExtensions}.");
        using var file = DataFile.Open(path);
        Dialogue[] questions = format == DataFormat.Text
            ? [.. file.OpenText().ReadToEnd().Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)).Select(Line)]
            : [.. RowReaders.Of(path, format, columns ?? new DataColumns()).Read(file).Select(row => Question(row, template))];
        return questions.Length > 0 ? questions : throw new DataException(path, null, $"'{path}' is empty: it holds no question.");
    }

    private static Dialogue Line(string line) => new(line.TrimEnd('\r'));

    private static Dialogue Question(DataRow row, PromptTemplate template)
    {
        if (row is not PromptRow { Dialogue: var question })
            throw row.Place.Wrong(row is TokenRow ? " holds token ids; a question is asked as text." : " holds a text without a question.");
        if (string.IsNullOrWhiteSpace(question.Prompt))
            throw row.Place.Wrong(" has an empty question; leave it out.");
        return template == PromptTemplate.None && question.NeedsTemplate
            ? throw row.Place.Wrong(" has a dialogue before its question, which needs data.template chat.")
            : question;
    }
}
