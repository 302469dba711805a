using FlGlm.Client.Data.Rows;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads a text file: one text from its beginning to its end, which must fit into memory. Windows line ends become <c>\n</c>.</summary>
internal sealed class TextFileReader : IRowReader
{
    public IEnumerable<DataRow> Read(DataFile file)
    {
        var text = file.OpenText().ReadToEnd();
        var plain = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        yield return new TextRow(new RowPlace(file.Path, 1, IsLine: true), plain, IsDocument: false) { LineEndsChanged = plain.Length < text.Length };
    }
}
