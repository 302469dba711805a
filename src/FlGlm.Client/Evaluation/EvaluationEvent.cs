using FlGlm.Client.Tasks;
using FlGlm.Core.Events;
using static FlGlm.Core.Events.EventWords;

namespace FlGlm.Client.Evaluation;

/// <summary>What an <see cref="Evaluator"/> reports.</summary>
public abstract record EvaluationEvent : RunEvent
{
    /// <summary>A question has its answer.</summary>
    public sealed record Answered(Prediction Prediction) : EvaluationEvent
    {
        /// <summary>The event in words.</summary>
        public override string ToString() => $"{Prediction.Id}: {Prediction.Answer}";
    }

    /// <summary>How far the evaluation is, from time to time.</summary>
    /// <param name="Done">questions answered, those of an earlier run included</param>
    /// <param name="Total">questions in all</param>
    /// <param name="PerSecond">questions a second, of this run</param>
    public sealed record Progress(int Done, int Total, double PerSecond) : EvaluationEvent
    {
        /// <summary>The event in words.</summary>
        public override string ToString() => Text($"{Done} of {Total} questions, {PerSecond:F1} a second{Left}");

        private string Left => Done < Total && PerSecond > 0 ? Text($", {TimeSpan.FromSeconds(Math.Ceiling((Total - Done) / PerSecond)):g} left") : "";
    }

    /// <summary>All questions are answered.</summary>
    public sealed record Finished(EvaluationSummary Summary) : EvaluationEvent
    {
        /// <summary>The event in words.</summary>
        public override string ToString() => string.Join("; ", Summary.Metrics.Select(metric => metric.ToString()));
    }
}
