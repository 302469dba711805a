using System.Text.Json;
using CsvHelper;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads separated values (RFC 4180): the first line names the columns, a value in quotes may have line ends.</summary>
internal sealed class CsvRowReader(RowFields fields, char separator) : IRowReader
{
    private const string OtherSeparators = ",\t;|";

    public IEnumerable<DataRow> Read(string path)
    {
        string? malformed = null;
        var options = new CsvReaderOptions
        {
            Separator = separator,
            TrackLineNumbers = true,
            OnMalformedRecord = record => malformed ??= Fault(record.Reason),  // called before the record is read
        };
        using var csv = CsvReader.FromText(DataFile.ReadText(path), options);
        string[] names = [.. csv.Headers];
        CheckNames(path, names);
        var rows = 0;
        while (csv.Read())
        {
            rows++;
            var place = new RowPlace(path, (int)csv.LineNumber, IsLine: true);
            if (malformed is not null)
                throw place.Wrong(malformed);
            if (csv.FieldCount != names.Length)
                throw place.Wrong($" has {csv.FieldCount} values, and the first line names {names.Length} columns.");
            yield return fields.Read(place, JsonSerializer.SerializeToElement(csv.Current.ToDictionary()));
        }

        if (rows == 0)
            throw new DataException(path, 1, $"'{path}' has a header and no rows: its first line names the columns ({string.Join(", ", names)}), and nothing follows.");
    }

    private void CheckNames(string path, string[] names)
    {
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new DataException(path, 1, $"'{path}' line 1 names a column twice: {string.Join(", ", names)}.");
        if (names is [var only] && OtherSeparators.FirstOrDefault(only.Contains) is not '\0' and var other)
        {
            var known = other switch { ',' => "set data.format: csv", '\t' => "set data.format: tsv", _ => "write it with commas or tabs" };
            throw new DataException(path, 1, $"'{path}' line 1 has one column, '{only}', which looks like several; {known}.");
        }
    }

    /// <summary>What is wrong with a record; null for a quote inside a value that does not begin with one, which is a letter like others.</summary>
    private static string? Fault(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.TextAfterClosingQuote => " has text behind a closing quote. In a value that stands in quotes each of its own is written twice.",
        CsvMalformedReason.UnterminatedQuote => " begins a value with a quote that is never closed. In a value that stands in quotes each of its own is written twice.",
        _ => null,
    };
}
