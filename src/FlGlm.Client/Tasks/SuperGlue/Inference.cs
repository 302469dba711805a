namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>What RTE and CB share: a premise, a hypothesis, and GLM's patterns for them.</summary>
internal static class Inference
{
    public static TaskItem Read(TaskRow row, IReadOnlyList<string> labels)
    {
        var hypothesis = SuperGlueText.Normalise(row.Text("hypothesis"));
        return new TaskItem(row.Id, new Dictionary<string, string>
        {
            ["premise"] = SuperGlueText.Normalise(row.Text("premise")),
            ["hypothesis"] = hypothesis,
            ["claim"] = SuperGlueText.WithoutEnd(hypothesis),
        })
        {
            Gold = row.Label("label", labels),
        };
    }

    /// <param name="answers">the verbalizers, in the order of the labels</param>
    public static IEnumerable<PromptPattern> GlmPatterns(IReadOnlyList<string> answers) =>
    [
        new("glm-0", "\"{claim~}\" ?{mask}, \"{premise~}\"") { Answers = answers },
        new("glm-1", "{claim~}?{mask}, {premise~}") { Answers = answers },
        new("glm-2", "\"{claim~}\" ?{mask}. \"{premise~}\"") { Answers = answers },
        new("glm-3", "{claim~}?{mask}. {premise~}") { Answers = answers },
    ];
}
