using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>Notices about a plan, which both sides log before the first step.</summary>
public static class PlanNotices
{
    /// <summary>The notices for this plan, one line each; none where there is nothing to say.</summary>
    public static IEnumerable<string> Lines(RunPlan plan)
    {
        if (plan.Peft.Method == PeftMethod.None && plan.Clients.Expected > 1)
        {
            yield return $"Full fine-tuning of {plan.Clients.Expected} clients: {When(plan)} each client sends its head and tail to the server, "
                + "embedding and LM head included.";
        }
        else if (plan.Clients.Expected > 1)
        {
            var whole = plan.Peft.Method == PeftMethod.Lora && plan.Peft.Lora.ModulesToSave.Count > 0
                ? $" and, whole, {string.Join(" and ", plan.Peft.Lora.ModulesToSave)} (peft.lora.modules_to_save)" : "";
            var when = When(plan);
            yield return $"{char.ToUpperInvariant(when[0])}{when[1..]} each client sends its head and tail adapters{whole} to the server, which averages them.";
        }

        if (plan.Peft is { Method: PeftMethod.PTuningV2, Prefix.Projection: true })
        {
            yield return "Prefix projection with cuts: head, middle and tail each train an encoder of their own, "
                + "another parametrisation than the published single encoder.";
        }
    }

    private static string When(RunPlan plan) => plan.Training.Strategy == StrategyName.Serial
        ? "at the end of every round"
        : $"every {plan.Training.AveragePeriod} steps, and at the end,";
}
