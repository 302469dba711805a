using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Finds the reader of a data file, by <c>data.format</c> or by the file's name.</summary>
internal static class RowReaders
{
    private const string Article = ".summary";

    private static readonly Dictionary<string, DataFormat> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = DataFormat.Text,
        [".jsonl"] = DataFormat.Jsonl,
        [".ndjson"] = DataFormat.Jsonl,
        [".json"] = DataFormat.Json,
        [".csv"] = DataFormat.Csv,
        [".tsv"] = DataFormat.Tsv,
        [".parquet"] = DataFormat.Parquet,
        [".source"] = DataFormat.Pairs,
        [".document"] = DataFormat.Pairs,
    };

    /// <summary>The endings of names that tell a format, for messages.</summary>
    internal static string KnownExtensions => string.Join(", ", ByExtension.Keys.Append(Article));

    /// <summary>What a file holds by its name; null where that does not tell.</summary>
    internal static DataFormat? FormatOf(string path)
    {
        if (ByExtension.TryGetValue(Path.GetExtension(path), out var format))
            return format;
        var isArticle = Path.GetExtension(path).Equals(Article, StringComparison.OrdinalIgnoreCase) && !File.Exists(Path.ChangeExtension(path, ".document"));
        return isArticle ? DataFormat.Xsum : null;
    }

    /// <exception cref="ConfigurationException">The format is <see cref="DataFormat.Auto"/>, and the name does not tell it.</exception>
    internal static IRowReader Of(string path, DataFormat format, DataColumns columns) => Of(path, format, new RowFields(columns));

    /// <inheritdoc cref="Of(string, DataFormat, DataColumns)"/>
    /// <param name="path">The file.</param>
    /// <param name="format">What it holds.</param>
    /// <param name="fields">Makes a row of each object.</param>
    /// <exception cref="DataException">It holds text, which has no fields of a task.</exception>
    internal static IRowReader Of(string path, DataFormat format, IRowFields fields)
    {
        var known = format != DataFormat.Auto ? format : FormatOf(path)
            ?? throw new ConfigurationException(
                "data.format", $"auto knows the names {KnownExtensions}, not '{path}'; set text, jsonl, json, csv, tsv, parquet, pairs or xsum.");
        return known switch
        {
            DataFormat.Text => fields is RowFields ? new TextFileReader() : throw new DataException(
                path, null, $"'{path}' is read as text, and data.task needs rows with fields: jsonl, json, csv, tsv or parquet (data.format)."),
            DataFormat.Jsonl => new JsonLinesReader(fields),
            DataFormat.Json => new JsonListReader(fields),
            DataFormat.Csv => new CsvRowReader(fields, ','),
            DataFormat.Tsv => new CsvRowReader(fields, '\t'),
            DataFormat.Pairs => new PairedLinesReader(fields),
            DataFormat.Xsum => new XSumReader(fields),
            _ => new ParquetRowReader(fields),
        };
    }
}
