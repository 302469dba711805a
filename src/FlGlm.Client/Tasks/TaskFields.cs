using System.Text.Json;
using FlGlm.Client.Data.Rows;

namespace FlGlm.Client.Tasks;

/// <summary>Reads rows as a task's questions.</summary>
/// <param name="read">the questions of a row: to train on, or to evaluate</param>
internal sealed class TaskFields(Func<TaskRow, IEnumerable<TaskItem>> read) : IRowFields
{
    public DataRow Read(RowPlace place, JsonElement json) => new QuestionRow(place, [.. read(new TaskRow(place, json))]);
}
