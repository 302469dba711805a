using System.Text;
using System.Text.Json;
using CsvHelper;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads separated values (RFC 4180), row by row: the first line names the columns, a value in quotes may have line ends.</summary>
internal sealed class CsvRowReader(IRowFields fields, char separator, int mostBytes = Utf8Buffer.MostBytes) : IRowReader
{
    private const string OtherSeparators = ",\t;|";

    public IEnumerable<DataRow> Read(DataFile file)
    {
        var path = file.Path;
        string? malformed = null;
        var options = new CsvReaderOptions
        {
            Separator = separator,
            TrackLineNumbers = true,
            Encoding = Encoding.UTF8,
            MaxRecordSize = mostBytes,
            OnMalformedRecord = record => malformed ??= Fault(record.Reason),  // called before the record is read
        };
        using var csv = CsvReader.Create(new Utf8Stream(file.OpenText()), options);
        var names = Guard(path, () => csv.Headers.ToArray());
        CheckNames(path, names);
        var rows = 0;
        while (Guard(path, csv.Read))
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

    /// <summary>A row that is longer than one may be is the only fault that the reader throws.</summary>
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException error)
        {
            throw new DataException(path, null, $"'{path}' cannot be read as a table: {error.Message}", error);
        }
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
