using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FlGlm.Cli.Runs;

/// <summary>
/// A file of JSON lines, each of a step, on the disk when it is written. It is only added to; lines that are no longer part of the run move to a
/// file beside it: those of <c>metrics.jsonl</c> to <c>metrics.1.jsonl</c>, then <c>metrics.2.jsonl</c>.
/// </summary>
internal sealed class StepLog : IDisposable
{
    private readonly string _path;
    private FileStream? _file;

    /// <summary>Whether the last line is known to have its end.</summary>
    private bool _isWhole;

    /// <param name="continues">whether the lines that are there are the run's; else all of them move</param>
    /// <exception cref="Core.Configuration.ConfigurationException">They cannot be moved.</exception>
    public StepLog(string path, bool continues)
    {
        _path = path;
        if (!continues)
            Change(_ => 0);
    }

    /// <summary>Creates the file if it is not there.</summary>
    public void Open() => RunFile.Guard(_path, OpenFile);

    /// <summary>Adds a line, its end included.</summary>
    public void Append(ReadOnlyMemory<byte> line)
    {
        if (!_isWhole)
            MoveAfter(int.MaxValue);
        RunFile.Guard(_path, () => OpenFile().Write(line.Span));
    }

    /// <summary>Moves the lines of later steps, and a last one that was not written to its end.</summary>
    public void MoveAfter(int step) => Change(file => EndOfKept(file, step));

    public void Dispose() => _file?.Dispose();

    /// <summary>Without a buffer: a line whose write failed must not be written again when the file is closed.</summary>
    private FileStream OpenFile() => _file ??= new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    private void Change(Func<FileStream, long> end)
    {
        if (_file is not null || Path.Exists(_path))
            RunFile.Guard(_path, () => Cut(OpenFile(), end(OpenFile())));
        _isWhole = true;
    }

    /// <summary>Moves everything from here on; the copy is complete before the file gets shorter.</summary>
    private void Cut(FileStream file, long end)
    {
        if (end < file.Length)
        {
            file.Position = end;
            using (var moved = new FileStream(FreePath(), FileMode.CreateNew))
                file.CopyTo(moved);
            file.SetLength(end);
        }

        file.Position = end;
    }

    private string FreePath() => Enumerable.Range(1, int.MaxValue - 1)
        .Select(n => Path.ChangeExtension(_path, n.ToString(CultureInfo.InvariantCulture) + Path.GetExtension(_path)))
        .First(path => !File.Exists(path));

    /// <summary>Where the first line begins that is of a later step, or has no end.</summary>
    private static long EndOfKept(FileStream file, int step)
    {
        file.Position = 0;
        using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var (kept, length) = (0L, file.Length);
        while (kept < length && reader.ReadLine() is { } line)
        {
            var end = kept + Encoding.UTF8.GetByteCount(line) + 1;
            if (end > length || StepOf(line) > step)
                return kept;
            kept = end;
        }

        return kept;
    }

    /// <summary>A line that is not ours is of no step.</summary>
    private static int StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt32();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return -1;
        }
    }
}
