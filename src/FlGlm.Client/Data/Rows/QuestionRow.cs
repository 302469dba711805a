using FlGlm.Client.Tasks;

namespace FlGlm.Client.Data.Rows;

/// <summary>A row of a task's file.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Items">Its questions.</param>
internal sealed record QuestionRow(RowPlace Place, IReadOnlyList<TaskItem> Items) : DataRow(Place);
