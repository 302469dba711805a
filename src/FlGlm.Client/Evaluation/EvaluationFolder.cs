using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Client.Tasks;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>
/// What an evaluation writes: <c>subject.json</c>, a line of <c>predictions.jsonl</c> for every question, and at the end <c>summary.json</c> and
/// <c>summary.md</c>. The predictions of a run that did not end are kept.
/// </summary>
internal sealed class EvaluationFolder : IDisposable
{
    /// <summary>The result of an evaluation.</summary>
    public const string SummaryName = "summary.json";

    /// <summary>A line for every question.</summary>
    public const string PredictionsName = "predictions.jsonl";

    private const string SubjectName = "subject.json";

    /// <summary>The setting that names the folder.</summary>
    private const string OutputKey = "run.directory";

    private static readonly JsonSerializerOptions Lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true };

    private readonly string _path;
    private readonly List<Prediction> _predictions;
    private readonly StreamWriter? _file;

    private EvaluationFolder(string path, EvaluationSubject subject, List<Prediction> predictions, StreamWriter? file) =>
        (_path, Subject, _predictions, _file) = (path, subject, predictions, file);

    /// <summary>What is evaluated.</summary>
    public EvaluationSubject Subject { get; }

    /// <summary>The answers so far.</summary>
    public IReadOnlyList<Prediction> Predictions => _predictions;

    /// <summary>Opens a folder, with the predictions of an earlier run of the same subject in it.</summary>
    /// <param name="path">empty = nothing is written</param>
    /// <exception cref="ConfigurationException">The folder holds another evaluation, or cannot be written.</exception>
    public static EvaluationFolder Open(string path, EvaluationSubject subject)
    {
        if (path.Length == 0)
            return new EvaluationFolder(path, subject, [], file: null);
        try
        {
            Directory.CreateDirectory(path);
            var own = JsonSerializer.Serialize(subject, Indented);
            var subjectPath = Path.Combine(path, SubjectName);
            if (File.Exists(subjectPath) && File.ReadAllText(subjectPath) != own)
                throw new ConfigurationException(OutputKey, $"'{path}' holds another evaluation, of {Difference(File.ReadAllText(subjectPath), own)}; name a new folder.");
            AtomicFile.Write(subjectPath, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(own)));
            var predictionsPath = Path.Combine(path, PredictionsName);
            var kept = Kept(predictionsPath, OutputKey);
            CutHalfLine(predictionsPath);
            var file = new StreamWriter(new FileStream(predictionsPath, FileMode.Append, FileAccess.Write, FileShare.Read));
            return new EvaluationFolder(path, subject, kept, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(OutputKey, $"'{path}' cannot be written: {e.Message}");
        }
    }

    /// <summary>Reads the summary of an evaluation that has ended, with its predictions.</summary>
    /// <param name="path">the folder, or its summary alone</param>
    /// <param name="key">what names it, for messages</param>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static (EvaluationSummary Summary, IReadOnlyList<Prediction> Predictions) Read(string path, string key)
    {
        var summary = Summary(File.Exists(path) ? path : Path.Combine(path, SummaryName), key);
        return (summary, File.Exists(path) ? [] : Kept(Path.Combine(path, PredictionsName), key));
    }

    /// <summary>Adds an answer.</summary>
    public void Add(Prediction prediction)
    {
        _predictions.Add(prediction);
        if (_file is null)
            return;
        _file.WriteLine(JsonSerializer.Serialize(prediction, Lines));
        _file.Flush();
    }

    /// <summary>Writes the result.</summary>
    public void Finish(EvaluationSummary summary)
    {
        if (_path.Length == 0)
            return;
        AtomicFile.Write(Path.Combine(_path, SummaryName), stream => JsonSerializer.Serialize(stream, summary, Indented));
        AtomicFile.Write(Path.Combine(_path, "summary.md"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(EvaluationTable.Markdown([summary]))));
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static EvaluationSummary Summary(string path, string key)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationSummary>(File.ReadAllText(path), Lines) ?? throw new JsonException("It is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ConfigurationException(key, $"'{path}' is no summary of an evaluation that has ended: {e.Message}");
        }
    }

    /// <summary>The predictions of the whole lines.</summary>
    private static List<Prediction> Kept(string path, string key)
    {
        var kept = new List<Prediction>();
        if (!File.Exists(path))
            return kept;
        var text = File.ReadAllText(path);
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                kept.Add(JsonSerializer.Deserialize<Prediction>(line, Lines) ?? throw new JsonException("It is null."));
            }
            catch (JsonException e)
            {
                throw new ConfigurationException(key, $"'{path}' line {kept.Count + 1} is no prediction: {e.Message} Name a new folder.");
            }
        }

        return kept;
    }

    /// <summary>Cuts off what a crash has left of a line at the end.</summary>
    private static void CutHalfLine(string path)
    {
        if (!File.Exists(path))
            return;
        var bytes = File.ReadAllBytes(path);
        var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        if (end == bytes.Length)
            return;
        using var file = File.OpenWrite(path);
        file.SetLength(end);
    }

    /// <summary>The first line in which two subjects differ, as a person reads it.</summary>
    private static string Difference(string other, string own)
    {
        var (before, now) = (other.Split('\n'), own.Split('\n'));
        var index = Enumerable.Range(0, Math.Max(before.Length, now.Length)).First(line => before.ElementAtOrDefault(line) != now.ElementAtOrDefault(line));
        return $"{before.ElementAtOrDefault(index)?.Trim(' ', ',')} where this one has {now.ElementAtOrDefault(index)?.Trim(' ', ',')}";
    }
}
