using FlGlm.Client.Tasks;

namespace FlGlm.Samples;

/// <summary>The tone of a note: good or bad. A row is <c>{"note": "...", "tone": "good"}</c>.</summary>
internal sealed class ToneTask : LanguageTask
{
    public override string Name => "tone";

    public override IReadOnlyList<string> Labels { get; } = ["bad", "good"];

    public override IReadOnlyList<PromptPattern> Patterns { get; } = [new("plain", "Note: {note~}\nTone:") { Answers = ["bad", "good"] }];

    public override IEnumerable<TaskItem> Read(TaskRow row) =>
        [new TaskItem(row.Id, new Dictionary<string, string> { ["note"] = row.Text("note") }) { Gold = row.Label("tone", Labels) }];
}
