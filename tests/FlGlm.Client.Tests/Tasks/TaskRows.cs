using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Client.Data.Formats;
using FlGlm.Client.Data.Rows;
using FlGlm.Client.Tasks;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>Questions of tasks, from files and from a single row.</summary>
internal static class TaskRows
{
    /// <summary>The folder of our own rows of a task in tests/Fixtures/tasks.</summary>
    public static string Fixture(string task) => FlGlm.Testing.RepositoryFolder.At("tests", "Fixtures", "tasks", task.Split('/')[^1]);

    /// <summary>All questions of a file.</summary>
    public static IReadOnlyList<TaskItem> Read(LanguageTask task, string path) => Read(path, new TaskFields(task.Read));

    /// <summary>The questions of a file to train on.</summary>
    public static IReadOnlyList<TaskItem> ReadToTrain(LanguageTask task, PromptPattern pattern, string path) =>
        Read(path, new TaskFields(row => task.ReadToTrain(row, pattern)));

    /// <summary>The questions of a row, the first line of <c>rows.jsonl</c>.</summary>
    public static IReadOnlyList<TaskItem> OfRow(string task, string json) => OfRow(json, KnownTasks.Find(task)!.Read);

    /// <inheritdoc cref="OfRow(string, string)"/>
    public static IReadOnlyList<TaskItem> OfRowToTrain(string task, PromptPattern pattern, string json) =>
        OfRow(json, row => KnownTasks.Find(task)!.ReadToTrain(row, pattern));

    private static IReadOnlyList<TaskItem> OfRow(string json, Func<TaskRow, IEnumerable<TaskItem>> read) =>
        ((QuestionRow)new TaskFields(read).Read(new RowPlace("rows.jsonl", 1, IsLine: true), JsonSerializer.Deserialize<JsonElement>(json))).Items;

    private static IReadOnlyList<TaskItem> Read(string path, TaskFields fields)
    {
        using var file = DataFile.Open(path);
        return [.. RowReaders.Of(path, DataFormat.Auto, fields).Read(file).Cast<QuestionRow>().SelectMany(row => row.Items)];
    }
}
